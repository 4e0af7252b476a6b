"""`python -m zirconkit`: the command without an installed script."""

import sys

from zirconkit.cli import main

sys.exit(main())
