import io
import json
import re
from base64 import b64decode

import ipywidgets
import matplotlib
import matplotlib.pyplot as plt
import nbformat
import pytest

from crmlib import style
from crmlib.interactive import Explorer

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield


def slope_explorer():
    def draw(ax, slope, sign):
        ax.plot([0, 1], [0, sign * slope])
        style.describe(ax, f'A line <up> & "down" to {sign * slope}.')
        return f"It climbs <{sign * slope}>."

    return Explorer(
        draw,
        {
            "slope": ipywidgets.IntSlider(2, 0, 5, description="Slope"),
            "sign": ipywidgets.Dropdown(options=[("up", 1), ("down", -1)], description="Sign"),
        },
    )


def test_it_starts_at_the_values_of_its_controls():
    explorer = slope_explorer()
    assert explorer.words == "It climbs <2>."
    assert explorer.still[1:4] == b"PNG"
    assert plt.get_fignums() == []


def test_a_moved_control_changes_picture_words_and_alt_text():
    explorer = slope_explorer()
    before = explorer.still
    picture, beside = explorer.children
    explorer.controls["slope"].value = 4
    explorer.controls["sign"].value = -1
    assert explorer.words == "It climbs <-4>."
    assert explorer.still != before
    shown = re.fullmatch(
        r'<img width="(\d+)" height="(\d+)" alt="(.*)" src="data:image/png;base64,(.*)">',
        picture.value,
    )
    assert shown[3] == "A line &lt;up&gt; &amp; &quot;down&quot; to -4."
    assert b64decode(shown[4]) == explorer.still
    pixels = plt.imread(io.BytesIO(explorer.still)).shape
    assert (int(shown[1]), int(shown[2])) == (pixels[1] // 2, pixels[0] // 2)
    assert beside.children[-1].value == "<p>It climbs &lt;-4&gt;.</p>"


def test_controls_are_named_and_wait_until_they_rest():
    explorer = slope_explorer()
    assert list(explorer.children[1].children[:-1]) == list(explorer.controls.values())
    assert explorer.controls["slope"].continuous_update is False
    assert all(control.description for control in explorer.controls.values())


def test_a_still_and_its_words_stand_beside_the_live_view():
    explorer = slope_explorer()
    data, metadata = explorer._repr_mimebundle_()
    assert b64decode(data["image/png"]) == explorer.still
    assert metadata["image/png"]["alt"] == 'A line <up> & "down" to 2.'
    assert data["text/plain"] == 'A line <up> & "down" to 2. It climbs <2>.'
    assert data[VIEW]["model_id"] == explorer.model_id


def test_without_the_view_nothing_differs_from_run_to_run():
    bundles = []
    for explorer in (slope_explorer(), slope_explorer()):
        data, metadata = explorer._repr_mimebundle_()
        assert explorer.model_id in json.dumps(data)
        del data[VIEW]
        assert explorer.model_id not in json.dumps([data, metadata])
        bundles.append((data, metadata))
    assert bundles[0] == bundles[1]


def test_no_more_than_three_controls():
    controls = {f"c{i}": ipywidgets.IntSlider() for i in range(4)}
    with pytest.raises(ValueError, match="three"):
        Explorer(lambda ax, **values: "", controls)


def test_in_a_notebook_the_still_is_in_the_output(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    cell = nbformat.v4.new_code_cell(
        "from crmlib import style\nfrom crmlib.value import widgets\nstyle.use()\n"
        "widgets.ladder_explorer(spend=1000, margin=0.2)"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, kernel_name="python3", resources=where).execute()
    [output] = notebook.cells[0].outputs
    assert set(output.data) == {VIEW, "image/png", "text/plain"}
    assert "533" in output.data["text/plain"]
    assert output.metadata["image/png"]["alt"].startswith("Waterfall")
