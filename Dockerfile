# Two stages: the first has what building needs, the second only what running needs. Both are made from PYTHON_IMAGE: pin
# it by digest (SECURITY.md), or what is built today may be other bytes tomorrow.

ARG PYTHON_IMAGE=python:3.13-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/run.txt /tmp/run.txt
RUN pip install --require-hashes --no-deps --only-binary :all: -r /tmp/run.txt
WORKDIR /srv/app
COPY manage.py gunicorn.conf.py pyproject.toml ./
COPY mentorship mentorship
COPY engagements engagements
COPY cohorts cohorts
COPY matching matching
COPY accounts accounts
COPY outbox outbox
COPY common common
COPY templates templates
COPY static static
# Collecting asks no server and signs nothing; the settings only want to be complete. None of this stays in the image.
RUN DJANGO_SETTINGS_MODULE=mentorship.settings.production \
    DATABASE_URL=postgres://build@db.invalid/build REDIS_URL=redis://broker.invalid:6379/0 \
    EMAIL_URL=smtp://mail.invalid:25 ALLOWED_HOSTS=build.invalid SITE_URL=https://build.invalid \
    DEFAULT_FROM_EMAIL=letters@build.internal \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    CONTENT_KEYS="build:$(python -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())')" \
    python manage.py collectstatic --noinput --verbosity 0

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 app && useradd --system --uid 10001 --gid app --home-dir /srv/app --shell /usr/sbin/nologin app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/app /srv/app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=mentorship.settings.production
WORKDIR /srv/app
USER app
EXPOSE 8000
CMD ["gunicorn", "mentorship.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
