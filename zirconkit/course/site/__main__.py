"""`python -m zirconkit.course.site`."""

from zirconkit.course.site import main

if __name__ == "__main__":
    main()
