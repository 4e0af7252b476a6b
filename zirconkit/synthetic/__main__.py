"""Write the mounts that come with the kit anew: `python -m zirconkit.synthetic`."""

from zirconkit import samples, synthetic


def main():
    """Grow the embedded mounts and write them, with their truth, into data/mounts."""
    for name in synthetic.EMBEDDED:
        synthetic.save(synthetic.grow_mount(name), samples.DATA / "mounts")


if __name__ == "__main__":
    main()
