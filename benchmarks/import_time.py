"""How long `import zirconkit` takes, beside the interpreter's own start: seconds, medians of nine runs."""

import json
import subprocess
import sys
import time
from statistics import median

RUNS = 9


def seconds(code):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main():
    pairs = [(seconds("pass"), seconds("import zirconkit")) for _ in range(RUNS)]
    bare, whole = (median(column) for column in zip(*pairs))
    own = median(with_kit - without for without, with_kit in pairs)
    print(json.dumps({"interpreter": round(bare, 4), "with_zirconkit": round(whole, 4), "import": round(own, 4)}))


if __name__ == "__main__":
    main()
