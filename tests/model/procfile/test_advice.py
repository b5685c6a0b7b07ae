"""Rules of the advice on a Procfile."""

import pytest

from model.procfile.advice import advice
from model.procfile.procfile import parse_procfile


def rules(command: str, process: str = "web", **ports: int) -> list[str]:
    return [row.rule for row in advice(parse_procfile(f"{process}: {command}"), ports or None)]


@pytest.mark.parametrize(
    ("process", "command", "rule"),
    [
        ("beat", "celery -A shop beat &", "background"),
        ("web", "nohup ./run.sh > client.log 2>&1 &", "background"),
        ("worker", "(python work.py &)", "background"),
        ("worker", "celery -A shop beat & celery -A shop worker", "beside"),
        ("web", "gunicorn shop.wsgi --daemon", "daemon"),
        ("web", "bundle exec puma -d -C config/puma.rb", "daemon"),
        ("worker", "celery multi start w1 -A shop", "daemon"),
        ("web", "pm2 start app.js", "daemon"),
        ("web", "supervisord -c supervisord.conf", "daemon"),
        ("web", "gunicorn shop.wsgi -b 0.0.0.0:8000", "fixed-port"),
        ("web", "gunicorn shop.wsgi --bind=:8000", "fixed-port"),
        ("web", "gunicorn shop.wsgi -b:8000", "fixed-port"),
        ("web", "bundle exec thin start -p 3000", "fixed-port"),
        ("web", "bundle exec puma -p3000", "fixed-port"),
        ("web", "python manage.py runserver 0.0.0.0:8000", "fixed-port"),
        ("web", "java -Dserver.port=8080 -jar app.jar", "fixed-port"),
        ("web", "streamlit run app.py --server.port 8501", "fixed-port"),
        ("web", "streamlit run app.py", "fixed-port"),
        ("web", "waitress-serve shop.wsgi:application", "fixed-port"),
        ("web", "uvicorn main:app --host 0.0.0.0", "fixed-port"),
        ("web", "php -S 0.0.0.0:8080 -t public", "fixed-port"),
        ("web", "python -m http.server", "fixed-port"),
        ("web", "PORT=3000 node server.js", "fixed-port"),
        ("web", "sh -c 'cd shop && gunicorn shop.wsgi --bind 0.0.0.0:8000'", "fixed-port"),
        ("web", "gunicorn shop.wsgi --bind 127.0.0.1:$PORT", "loopback"),
        ("web", "uvicorn main:app --host localhost --port $PORT", "loopback"),
        ("web", "uvicorn main:app --port $PORT", "loopback"),
        ("web", "python -m uvicorn main:app --port $PORT", "loopback"),
        ("web", "flask run --port $PORT", "loopback"),
        ("web", "daphne -p $PORT shop.asgi:application", "loopback"),
        ("web", "python manage.py runserver", "loopback"),
        ("web", "php -S localhost:$PORT -t public", "loopback"),
        ("web", "bundle exec foreman start -f Procfile.web", "process-manager"),
        ("web", "honcho start", "process-manager"),
        ("web", "heroku local", "process-manager"),
        ("worker", "REMAP_SIGTERM=SIGQUIT celery -A shop worker", "remap-sigterm"),
        ("worker", "celery -A shop worker -n $DYNO", "heroku-variable"),
        ("worker", "bash -c 'run --id ${DYNO}'", "heroku-variable"),
        ("web", "serve --version=$HEROKU_RELEASE_VERSION", "heroku-variable"),
        ("web", "bin/start-pgbouncer bundle exec puma -p $PORT", "buildpack"),
        ("web", "vendor/bin/heroku-php-apache2 public/", "buildpack"),
        ("web", "node .\\site\\app.js", "backslash"),
        ("map", "web:python main.py", "label"),
        ("worker", "web node app.js", "label"),
        ("release", "python manage.py migrateweb: gunicorn shop.wsgi", "label"),
        ("Web", "node app.js", "name"),
        ("RELEASE", "./migrate", "name"),
        ("web", "gunicorn shop.wsgi –-bind 0.0.0.0:$PORT", "typographic"),
        ("worker", "python work.py --name “shop”", "typographic"),
        ("release", "bash -c './migrate | tee log'", "lost-failure"),
    ],
)
def test_what_does_no_good_is_told(process: str, command: str, rule: str) -> None:
    assert rules(command, process) == [rule]


@pytest.mark.parametrize(
    ("process", "command"),
    [
        ("web", "gunicorn shop.wsgi --log-file -"),
        ("web", "gunicorn shop.wsgi --bind 0.0.0.0:$PORT --timeout 3000 --workers 80"),
        ("web", "gunicorn -k uvicorn.workers.UvicornWorker --bind 0.0.0.0:${PORT:-8000} main:app"),
        ("web", "bundle exec puma -t 5:5 -p ${PORT:-3000} -e ${RACK_ENV:-development}"),
        ("web", "uwsgi --http :$PORT --module shop.wsgi --master -p 100"),
        ("web", "daphne shop.asgi:application --port $PORT --bind 0.0.0.0"),
        ("web", "uvicorn main:app --host=0.0.0.0 --port=$PORT"),
        ("web", "REDIS_URL=redis://localhost:6379 node --debug=5858 index.js"),
        ("web", "cd site && npm start"),
        ("web", "run 2>&1 && serve"),
        ("web", "trap '' SIGTERM; serve & work & wait -n; kill -SIGTERM -$$; wait"),
        ("web", "bin/hubot -a irc"),
        ("web", "php artisan serve --host=0.0.0.0 --port=$PORT"),
        ("web", "supervisord -n -c supervisord.conf"),
        ("web", "pm2-runtime app.js"),
        ("web", "bundle exec foreman run rake serve"),
        ("worker", "celery -A shop worker -c 100 -P gevent"),
        ("Worker", "python work.py --queues web,release --name web:1"),
        ("worker", "rq worker -u redis://localhost:6379"),
        ("worker", "uvicorn main:app --port 8000"),
        ("worker", "grep 'a\\b' file"),
        ("worker", 'python work.py --name "“shop”"'),
        ("release", "./migrate | tee log"),
        ("release", "bash -c 'set -o pipefail; ./migrate | tee log'"),
        ("release", "bash -c 'a && b'"),
    ],
)
def test_what_is_well_is_not_told(process: str, command: str) -> None:
    assert rules(command, process) == []


def test_the_catalogue_says_which_processes_listen_and_on_what() -> None:
    assert rules("gunicorn shop.wsgi -b 0.0.0.0:8000", "web", web=8000) == []
    assert rules("gunicorn shop.wsgi -b 0.0.0.0:8000", "web", web=9000) == ["fixed-port"]
    assert rules("uvicorn main:app --port $PORT", "api", api=8000) == ["loopback"]
    assert rules("uvicorn main:app --port $PORT", "web", api=8000) == []


def test_advice_has_the_line_and_the_mend() -> None:
    found = advice(parse_procfile("# how it runs\nweb: serve\n\nbeat: celery beat &\n", "shop/Procfile"))
    assert [str(row) for row in found] == [
        "shop/Procfile:4: beat ends in `&`: the shell starts it in the background and ends, and the container with it;"
        " take the `&` off"
    ]
