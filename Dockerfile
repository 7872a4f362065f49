# An image that searches on CPUs and needs nothing at run time: docker build -t mnv4-nas .
# With MPI for searches over several ranks: docker build -t mnv4-nas:mpi --target mpi .
# Build it on a processor like those of the cluster: our kernels are compiled for it (docs/clusters-kubernetes.md).

# Node 24 is maintained until April 2028, Debian 12 until June 2028.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates g++ python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/mnv4-nas
ENV MNV4_CACHE=/opt/library
COPY . .
RUN container/build.sh

FROM ${BASE} AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 mnv4-nas \
    && useradd --uid 10001 --gid 10001 --create-home mnv4-nas \
    && mkdir /data \
    && chown mnv4-nas:mnv4-nas /data
ENV NODE_ENV=production MNV4_CACHE=/data/cache
WORKDIR /data
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/mnv4-nas/container/entrypoint.sh"]
CMD ["--help"]

FROM base AS mpi
RUN apt-get update \
    && apt-get install -y --no-install-recommends openmpi-bin openssh-client openssh-server \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
COPY container/ssh_config /etc/ssh/ssh_config
COPY --from=build /opt/library /opt/library
COPY --from=build /opt/mnv4-nas /opt/mnv4-nas
USER 10001:10001

FROM base AS search
COPY --from=build /opt/library /opt/library
COPY --from=build /opt/mnv4-nas /opt/mnv4-nas
USER 10001:10001
