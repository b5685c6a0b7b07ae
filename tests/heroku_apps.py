"""Five apps of different kinds as they are at Heroku, and some that can't be imported as they are."""

from tests.fake_heroku import App

SECRET = "sentinel-of-heroku-4711"
PIPELINES = {"acme-shop": {"acme-shop-production": "production", "acme-shop-staging": "staging"}}


def shop(name: str = "acme-shop-production", count: int = 2, size: str = "Standard-2X") -> App:
    """Django behind Gunicorn with Celery, a release process, two stores, a scheduler and a domain."""
    live = name == "acme-shop-production"
    return App(
        name,
        slug={
            "web": "gunicorn shop.wsgi --bind 0.0.0.0:$PORT",
            "worker": "REMAP_SIGTERM=SIGQUIT celery -A shop worker -n $DYNO",
            "image_reprocess_worker": "celery -A shop worker -Q images",
            "release": "python manage.py migrate",
        },
        formation={"web": (count, size), "worker": (1, "Standard-1X"), "image_reprocess_worker": (0, "Standard-1X")},
        config={
            "SECRET_KEY": SECRET,
            "ALLOWED_HOSTS": f"www.acme.example,{name}-1.herokuapp.com",
            "DATABASE_URL": f"postgres://u:{SECRET}@ec2-1.compute.amazonaws.com:5432/d",
            "HEROKU_POSTGRESQL_COPPER_URL": f"postgres://u:{SECRET}@ec2-1.compute.amazonaws.com:5432/d",
            "REDIS_URL": f"rediss://:{SECRET}@ec2-2.compute.amazonaws.com:6379",
            "PAPERTRAIL_API_TOKEN": SECRET,
            "SENDGRID_API_KEY": SECRET,
            "REMAP_SIGTERM": "SIGQUIT",
            "WEB_CONCURRENCY": "2",
        },
        domains={"www.acme.example": "curved-kale.herokudns.com", "*.acme.example": "x.herokudns.com"} if live else {},
        addons=[
            ("heroku-postgresql", "heroku-postgresql:standard-0", ["DATABASE_URL", "HEROKU_POSTGRESQL_COPPER_URL"]),
            ("heroku-redis", "heroku-redis:premium-0", ["REDIS_URL"]),
            ("papertrail", "papertrail:fixa", ["PAPERTRAIL_API_TOKEN"]),
            ("sendgrid", "sendgrid:bronze", ["SENDGRID_API_KEY"]),
            ("scheduler", "scheduler:standard", []),
        ],
        buildpacks=["heroku/nodejs", "heroku/python"],
        drains=1,
    )


def api() -> App:
    """Node, one web process, nothing else."""
    return App(
        "acme-api",
        slug={"web": "npm start"},
        formation={"web": (1, "Eco")},
        config={"NODE_ENV": "production", "TOKEN": SECRET},
        features=["http-session-affinity"],
        buildpacks=["heroku/nodejs"],
    )


def images() -> App:
    """Of the container stack: no slug, and what it runs is in the formation alone."""
    return App(
        "acme-images",
        slug={"web": "./serve --port 3093", "worker": "./work"},
        formation={"web": (1, "Basic"), "worker": (2, "Basic")},
        config={"KEY": SECRET},
        stack="container",
        buildpacks=[],
    )


def jobs() -> App:
    """Rails workers on large dynos, with the shop's database; Ruby's buildpack adds a console and rake."""
    return App(
        "acme-jobs",
        slug={
            "worker": "bundle exec sidekiq",
            "console": "bin/rails console",
            "rake": "bundle exec rake",
            "release": "bin/rails db:migrate",
        },
        formation={"worker": (1, "Performance-M"), "console": (0, "Standard-1X"), "rake": (0, "Standard-1X")},
        config={"RAILS_MASTER_KEY": SECRET, "SHOP_DB_URL": f"postgres://u:{SECRET}@h/d"},
        attached=[("SHOP_DB", "heroku-postgresql", "acme-shop-production")],
        buildpacks=["https://github.com/heroku/heroku-buildpack-ruby.git"],
    )


def site() -> App:
    """PHP as the buildpack starts it, with a name too long for here, and a process that ends at once."""
    return App(
        "acme-company-site-of-the-north",
        slug={"web": "heroku-php-apache2 public/", "beat": "php beat.php &"},
        formation={"web": (1, "Standard-1X"), "beat": (1, "Standard-1X")},
        config={"APP_KEY": SECRET, "lower case": "x"},
        buildpacks=["heroku/php"],
    )


def new() -> App:
    """Made, and never deployed to."""
    return App("acme-new", released=False)


def five() -> tuple[App, ...]:
    """Those that can be imported, the shop in two stages."""
    return shop(), shop("acme-shop-staging", 1, "Standard-1X"), api(), images(), jobs(), site()
