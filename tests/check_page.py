"""The page that `zirconkit export --to page` writes, in a real browser. It fetches 33 MB from npm, so no plain test."""

import shutil

import cv2
import numpy as np
import pytest
from test_browser import browser  # noqa: F401 - a fixture


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed: it brings the engine of the page")
def test_the_page_of_a_model_classifies_a_picture_without_a_network(browser, tmp_path):  # noqa: F811
    """Opened from a file, the network cut: grains of a drawn picture, with probabilities that add up to 1."""
    pytest.importorskip("onnxruntime", reason="pip install zirconkit[edge]")
    from zirconkit.deployment import exporting, models
    from zirconkit.networks import shipping

    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 255, (24, 32, 32, 1), dtype=np.uint8), np.arange(24) % 2
    network = shipping.train_lenet(x, y, 2, epochs=1)
    features, measures = shipping.inner_features(network, x), rng.normal(size=(24, 6))
    likeness = models.Likeness.learned(features, measures, np.arange(24) // 6)
    (tmp_path / "model.keras").write_bytes(models.packed(network, ("a", "b"), None, likeness))
    try:
        exporting.export(tmp_path / "model.keras", "page", tmp_path / "page")
    except ConnectionError as error:
        pytest.skip(str(error))
    picture = np.full((300, 400), 5, np.uint8)
    for column in (80, 200, 320):
        cv2.ellipse(picture, (column, 150), (40, 20), column, 0, 360, 160, -1)
    cv2.imwrite(str(tmp_path / "picture.png"), picture)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page" / "index.html").as_uri())
    page.evaluate("window.ready")
    page.set_input_files("#file", str(tmp_path / "picture.png"))
    page.wait_for_function("window.found", timeout=30_000)
    found = page.evaluate("window.found")
    context.close()
    assert len(found) == 3 and all(abs(sum(each["p"]) - 1) < 1e-5 for each in found)
    assert {each["called"] for each in found} <= {"a", "b"}
