# The server, with the configuration and the sample articles of the repository.
#
#   docker build -t feed-aggregator .
#   docker run -p 8080:8080 feed-aggregator
#   docker run -p 8080:8080 -v "$PWD/site:/srv/aggregator/config:ro" -v catalogue:/srv/aggregator/var feed-aggregator
#
# A configuration of your own is site/aggregator.yaml; it says store: sqlite:///../var/aggregator.db

FROM python:3.13-slim AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    VIRTUAL_ENV=/opt/aggregator
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY feeds feeds
COPY aggregator aggregator
RUN python -m venv "$VIRTUAL_ENV" \
 && "$VIRTUAL_ENV/bin/pip" wheel --no-deps --wheel-dir dist . \
 && "$VIRTUAL_ENV/bin/pip" install --constraint constraints.txt dist/*.whl

FROM python:3.13-slim
ENV PATH=/opt/aggregator/bin:$PATH \
    PYTHONUNBUFFERED=1
# The layout of the repository: the sample configuration's relative paths lead where they lead there.
WORKDIR /srv/aggregator
COPY --from=builder /opt/aggregator /opt/aggregator
COPY config config
RUN mkdir var && chown 10001:10001 var
# A number, so that a platform can tell that it is not root without looking into the image.
USER 10001:10001
# The configuration with its articles, and the catalogue. The articles have no volume of their own: it would hide those of
# whoever mounts a configuration with articles.
VOLUME ["/srv/aggregator/config", "/srv/aggregator/var"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8080/healthz', timeout=4)"]
# Which address and port to listen on is the container's business, whatever the configuration says.
CMD ["aggregator", "serve", "--host", "0.0.0.0", "--port", "8080"]
