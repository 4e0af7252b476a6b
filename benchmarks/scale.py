"""Thousands of images: `segment` over a grown set, repeated, on some workers; killed half-way and started again.

Prints one JSON line: seconds with one worker and with all, the share of linear, the largest memory of a worker, and
whether, after a worker was killed and later the whole command, every image's grains stand in the table exactly once.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import psutil

from zirconkit import synthetic


def write_images(folder, count, side):
    """Images of one size from a few grown mounts, tiled, each with noise of its own, so that no two are alike."""
    folder.mkdir()
    grown = [synthetic.grow_apatites(name, 0).image for name in synthetic.POPULATIONS]
    rng = np.random.default_rng(0)
    for number in range(count):
        tiles = -(-side // grown[0].shape[0])
        image = np.tile(grown[number % len(grown)], (tiles, tiles))[:side, :side]
        noisy = np.clip(image + rng.normal(0, 1, image.shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"I{number:05d}.png"), noisy)


def started(images, out, jobs, cache):
    """The command, running, with an empty cache of its own."""
    words = [sys.executable, "-m", "zirconkit", "segment", str(images), "--um-per-px", "2", "--out", str(out)]
    environment = os.environ | {"ZIRCONKIT_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*words, "--jobs", str(jobs)], env=environment, start_new_session=True, **quiet)


def watched(process):
    """Seconds until it ends, and the largest memory of any process of it, MB."""
    start, peak = time.perf_counter(), 0
    while process.poll() is None:
        for each in workers(process):
            with_memory = each.memory_info().rss if each.is_running() else 0
            peak = max(peak, with_memory)
        time.sleep(0.2)
    return time.perf_counter() - start, peak / 1e6


def workers(process):
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def killed_twice(images, folder, count, jobs):
    """One worker killed early, the whole killed half-way, started again: exit status, and whether every row is once."""
    out = folder / "killed"
    process = started(images, out, jobs, folder / "c3")
    while len(list(out.glob(".jobs/*.json"))) < count // 4:
        time.sleep(0.1)
    largest = max(workers(process), key=lambda each: each.memory_info().rss)
    largest.kill()
    while len(list(out.glob(".jobs/*.json"))) < count // 2 and process.poll() is None:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    again = started(images, out, jobs, folder / "c3")
    watched(again)
    table = pd.read_csv(out / "grains.csv")
    single = sum(len(pd.read_csv(path)) for path in out.glob("I*/grains.csv"))
    once = not table.duplicated(["sample", "grain"]).any() and table["sample"].nunique() == count
    return again.returncode, bool(once and len(table) == single)


def main():
    parser = argparse.ArgumentParser(description="Segment many images, with accidents.")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--side", type=int, default=1414, help="px; 1414 is 2 Mpx")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_images(folder / "images", args.images, args.side)
        one, _ = watched(started(folder / "images", folder / "one", 1, folder / "c1"))
        many, peak = watched(started(folder / "images", folder / "many", args.workers, folder / "c2"))
        shutil.rmtree(folder / "one")
        status, once = killed_twice(folder / "images", folder, args.images, args.workers)
    figures = {
        "images": args.images,
        "workers": args.workers,
        "seconds_one": round(one, 1),
        "seconds_many": round(many, 1),
        "of_linear": round(one / many / args.workers, 3),
        "peak_worker_mb": round(peak),
        "exit": status,
        "once": once,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
