"""Who may be written to, and until when."""

import numpy as np

from crmlib.simulation.draws import NEVER, choose, days
from crmlib.simulation.parameters import TRUTH


class Consents:
    """Who may be written to, and until when.

    Attributes
    ----------
    state : Categorical of length n
        What was chosen at registration: "none", "listed" (open to partners) or "unlisted".
    until : int array of shape (n,)
        Day of the withdrawal; ``NEVER`` if there was none.

    Examples
    --------
    >>> consents = Consents(np.zeros(1000, dtype=int), np.random.default_rng(0))
    >>> 0.7 < consents.in_force(0).mean() < 0.9
    np.True_
    """

    def __init__(self, joined, random):
        truth = TRUTH["consent"]
        chances = [1 - truth["listed"] - truth["unlisted"], truth["listed"], truth["unlisted"]]
        self.joined = joined
        self.state = choose(["none", "listed", "unlisted"], chances, random, len(joined))
        wait = random.exponential(365.25 / truth["withdrawn_per_year"], len(joined))
        self.until = np.minimum(joined + 1 + wait, NEVER).astype(int)
        self.until[self.state == "none"] = NEVER

    def in_force(self, day, who=slice(None)):
        """Whether each customer may be written to on that day.

        Parameters
        ----------
        day : int or array of shape (n,)
        who : int array, optional
            Only these customers; a day for each then has their shape.

        Returns
        -------
        bool array

        Examples
        --------
        >>> consents = Consents(np.array([5]), np.random.default_rng(0))
        >>> consents.in_force(4).tolist()
        [False]
        """
        asked = (self.state[who] != "none") & (self.joined[who] <= day)
        return asked & (self.until[who] > day)

    def withdraw(self, who, day):
        """Some withdraw on a day, if they have not yet done so.

        Parameters
        ----------
        who, day : int arrays of one shape

        Examples
        --------
        >>> consents = Consents(np.array([0]), np.random.default_rng(0))
        >>> consents.withdraw(np.array([0]), np.array([9]))
        >>> consents.until.tolist()
        [9]
        """
        self.until[who] = np.minimum(self.until[who], np.minimum(day, NEVER))

    def table(self):
        """The table ``consents``: one row a change of state.

        Returns
        -------
        dict of columns

        Examples
        --------
        >>> table = Consents(np.zeros(9, dtype=int), np.random.default_rng(0)).table()
        >>> list(table)
        ['customer_id', 'changed_on', 'state']
        """
        given = np.flatnonzero(self.state != "none")
        gone = np.flatnonzero(self.until < NEVER)
        who = np.append(given, gone)
        day = np.append(self.joined[given], self.until[gone])
        state = np.append(self.state[given].astype(object), np.full(len(gone), "withdrawn"))
        order = np.lexsort((day, who))
        return {"customer_id": who[order], "changed_on": days(day[order]), "state": state[order]}
