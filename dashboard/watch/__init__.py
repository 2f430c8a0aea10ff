"""Rules of what should be told without being asked for: read, judged on a release, remembered once told."""
