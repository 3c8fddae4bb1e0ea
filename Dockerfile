# `relayq smtp` as a container without rights: docs/smtp.md.

FROM node:24-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund && mkdir /packed && npm pack --pack-destination /packed

FROM node:24-slim
COPY --from=build /packed/ /packed/
RUN npm install --global --omit=peer --no-audit --no-fund /packed/relayq-*.tgz && npm cache clean --force
COPY examples/smtp/relayq-health /usr/local/bin/
USER node
EXPOSE 2587 2465 8025
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s CMD ["relayq-health"]
ENTRYPOINT ["relayq", "smtp", "--health", "0.0.0.0:8025"]
