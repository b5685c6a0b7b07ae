"""Django's settings, from the environment alone."""

import os

from project.environment import read

_environment = read(os.environ)

SECRET_KEY = _environment.secret_key
ALLOWED_HOSTS = list(_environment.allowed_hosts)
DATABASES = {"default": _environment.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GREETING = _environment.greeting
HIREFIRE_TOKEN = _environment.hirefire_token

INSTALLED_APPS = ["jobs"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True

# The load balancer ends TLS, always sets this header, and nobody else reaches the app.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"format": "%(message)s"}, "named": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"hide_token": {"()": "slipway_requests.HideTokens"}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "bare"},
        "console": {"class": "logging.StreamHandler", "formatter": "named", "filters": ["hide_token"]},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "lines": {"handlers": ["lines"], "level": "INFO", "propagate": False},
        # The request's own line has the status already; what stays is the traceback of a 500.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Whoever scans the internet asks by address; their line with its 400 is enough, without a traceback each.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
