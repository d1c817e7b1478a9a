"""A picture with controls: what a slider does, seen and said.

An explorer is a function that draws on an Axes and returns a sentence, and the
controls that hold its arguments. The same function draws the still picture
that stands for the explorer on paper and in a notebook without a kernel.
"""

from base64 import b64encode
from html import escape

import ipywidgets
from matplotlib.figure import Figure

from crmlib import style
from crmlib.text import gettext as _

FIGSIZE = (5.6, 3.8)  # inches; leaves room for the controls beside it


class Explorer(ipywidgets.HBox):
    """A figure, its controls, and the state in words beside it.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **values)`` draws, describes the axes
        (:func:`crmlib.style.describe`) and returns the state in words.
    controls : dict of str to widget
        By the name of the argument that each holds; at most three.

    Attributes
    ----------
    controls : dict of str to widget
    words : str
        What stands beside the picture now.
    still : bytes
        The picture now, as PNG.

    Raises
    ------
    ValueError
        If there are more than three controls: nobody understands four at once.

    Examples
    --------
    >>> def draw(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     style.describe(ax, f"A line up to {slope}.")
    ...     return f"It climbs {slope}."
    >>> explorer = Explorer(draw, {"slope": ipywidgets.IntSlider(2, 0, 5, description="Slope")})
    >>> explorer.controls["slope"].value = 3
    >>> explorer.words
    'It climbs 3.'
    """

    def __init__(self, draw, controls):
        if len(controls) > 3:
            raise ValueError(f"An explorer has at most three controls, not {len(controls)}.")
        self._draw, self.controls = draw, controls
        self._picture, self._text = ipywidgets.HTML(), ipywidgets.HTML()
        for control in controls.values():
            if control.has_trait("continuous_update"):
                control.continuous_update = False  # draw when the slider comes to rest
            control.style.description_width = "initial"
            control.layout.width = "auto"
            control.observe(self._redraw, names="value")
        self._redraw()
        beside = ipywidgets.VBox([*controls.values(), self._text], layout={"width": "340px"})
        super().__init__([self._picture, beside], layout={"flex_flow": "row wrap"})

    def _redraw(self, change=None):
        ax = Figure(figsize=FIGSIZE).subplots()
        values = {name: control.value for name, control in self.controls.items()}
        self.words = self._draw(ax, **values)
        self.still, self._metadata = style.png(ax.figure)
        self._picture.value = '<img width="{}" height="{}" alt="{}" src="{}">'.format(
            self._metadata["width"],
            self._metadata["height"],
            escape(self._metadata["alt"]),
            "data:image/png;base64," + b64encode(self.still).decode("ascii"),
        )
        self._text.value = f"<p>{escape(self.words)}</p>"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = f"{self._metadata['alt']} {self.words}"
        bundle["image/png"] = b64encode(self.still).decode("ascii")
        return bundle, {"image/png": self._metadata}


def percent_slider(name, value, lowest, highest, step=1):
    """A slider in per cent; its ends give way to the value it starts at.

    Parameters
    ----------
    name : str
        What stands beside it.
    value, lowest, highest, step : float
        In per cent, as its value is: whoever types 90 means 90 of 100.

    Returns
    -------
    ipywidgets.FloatSlider

    Examples
    --------
    >>> slider = percent_slider("Rise", 12, 1, 9)
    >>> slider.max, slider.description
    (12.0, 'Rise (%)')
    """
    return ipywidgets.FloatSlider(
        value,
        min=min(value, lowest),
        max=max(value, highest),
        step=step,
        readout_format=".0f" if step >= 1 else ".1f",
        description=_("{name} (%)").format(name=name),
    )
