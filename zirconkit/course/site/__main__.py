"""`python -m zirconkit.course.site`."""

from zirconkit.course.site import main

main()
