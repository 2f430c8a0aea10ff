"""Rules of what should be reported unasked: read, judged on a release, remembered once reported."""
