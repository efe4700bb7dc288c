# Two stages: the first builds the index with sentence-transformers, the second serves it without torch.
#
#   docker build -t careers-faq .
#   docker run --rm --read-only -v careers-faq:/app/var/data -p 8000:8000 careers-faq

FROM python:3.11.15-slim-bookworm AS build
# Another index for torch; empty means the one that pip is set up with.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
SHELL ["/bin/sh", "-eu", "-c"]

# The virtual environment that is served from: no torch in it, and copied as a whole.
COPY pyproject.toml constraints.txt serving.txt README.md ./
COPY corpus/ corpus/
COPY index/ index/
COPY service/ service/
# What else to serve and to build with, such as mcp,postgres; nothing unless it is asked for.
ARG EXTRAS=
# Every package by its digest; those of extras by version.
RUN python -m venv /opt/serve \
    && /opt/serve/bin/pip install --require-hashes -r serving.txt \
    && /opt/serve/bin/pip install -c constraints.txt ".${EXTRAS:+[$EXTRAS]}"

# The tools of the build, and the index.
RUN pip install -c constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} ".[build${EXTRAS:+,$EXTRAS}]" \
    && careers-faq build --corpus corpus --out /app/var/index


FROM python:3.11.15-slim-bookworm AS serve
ENV PATH=/opt/serve/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FAQ_INDEX_DIR=/app/var/index \
    FAQ_DATABASE_URL=sqlite:////app/var/data/interactions.db
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin faq \
    && install -d -o faq /app/var/data
COPY --from=build /opt/serve /opt/serve
COPY --from=build /app/var/index /app/var/index
COPY LICENSE NOTICE /app/
WORKDIR /app/var/data
USER 10001
EXPOSE 8000
VOLUME /app/var/data
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["python", "-m", "service", "--host", "0.0.0.0", "--port", "8000"]
