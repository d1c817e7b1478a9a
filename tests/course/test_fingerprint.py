from crmlib.course import fingerprint


def test_package_data_and_libraries_are_part_of_the_key(tmp_path, monkeypatch):
    for part in ("package", "datasets"):
        (tmp_path / part).mkdir()
    code, data = tmp_path / "package" / "a.py", tmp_path / "datasets" / "b.csv"
    code.write_text("a = 1")
    data.write_text("1,2")
    monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(fingerprint.datasets, "FOLDER", tmp_path / "datasets")
    keys = [fingerprint.common()]
    (tmp_path / "package" / "__pycache__").mkdir()
    (tmp_path / "package" / "__pycache__" / "a.pyc").write_text("cached")
    assert fingerprint.common() == keys[0]
    code.write_text("a = 2")
    keys.append(fingerprint.common())
    data.write_text("1,3")
    keys.append(fingerprint.common())
    monkeypatch.setattr(fingerprint.importlib.metadata, "version", lambda name: "9")
    keys.append(fingerprint.common())
    assert all(keys.count(key) == 1 for key in keys)
    assert "pandas" in keys[-1][1] and "pytest" not in keys[-1][1]


def test_an_own_file_and_parameters_are_part_of_the_key(tmp_path):
    book = {"cells": []}
    own = tmp_path / "own.csv"
    own.write_text("1")
    keys = [fingerprint.key(book, {}, str(own), [])]
    keys.append(fingerprint.key(book, {"columns": {"time": "Date"}}, str(own), []))
    own.write_text("2")
    keys.append(fingerprint.key(book, {}, str(own), []))
    assert len(set(keys)) == 3


def test_sources_and_tags_count_and_outputs_do_not():
    def key(source="1", tags=("x",), outputs=()):
        metadata = {"tags": list(tags), "scrolled": bool(outputs)}
        cell = {"cell_type": "code", "source": source, "metadata": metadata, "outputs": outputs}
        return fingerprint.key({"cells": [cell]}, {}, "sbg", [])

    assert key() == key(outputs=[{"output_type": "stream"}])
    assert len({key(), key(source="2"), key(tags=())}) == 3
