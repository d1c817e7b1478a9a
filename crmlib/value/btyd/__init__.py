"""Buy till you die: models of customers who buy at random and leave unseen."""

from crmlib.value.btyd.bg_bb import BGBB
from crmlib.value.btyd.bg_nbd import BGNBD
from crmlib.value.btyd.gamma_gamma import GammaGamma
from crmlib.value.btyd.pareto_nbd import ParetoNBD
from crmlib.value.btyd.shifted_beta_geometric import ShiftedBetaGeometric

__all__ = ["BGBB", "BGNBD", "GammaGamma", "ParetoNBD", "ShiftedBetaGeometric"]
