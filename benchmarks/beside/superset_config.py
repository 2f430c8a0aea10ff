"""Settings of the Superset that is measured beside the dashboard: SQLite, answers kept in memory, no proxy.

It listens on this machine only and for one measurement. Nothing here is meant for a Superset that people use.
"""

import os

SECRET_KEY = "of a measurement, which protects nothing"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['PEER_METADATA']}"
PREVENT_UNSAFE_DB_CONNECTIONS = False  # the content is a SQLite file
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False  # its headers ask for https
KEPT = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86_400}
CACHE_CONFIG = DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = KEPT
