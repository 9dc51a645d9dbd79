# The mock in an image of its own: one static program, and nothing beside it.
#
#   docker build -t cyberark-identity-mock .
#   docker buildx build --platform linux/amd64,linux/arm64 -t cyberark-identity-mock .

# Another compiler makes as good a program, but a slower one: .ci/profile.gz was counted with this.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
# .cargo spares each process the slow gathering of entropy, .ci/static-program spares megabytes: see there.
COPY .cargo .cargo
COPY .ci/static-program .ci/profile.gz .ci/hot-functions .ci/linker .ci/functions .ci/function-names .ci/
COPY Cargo.toml Cargo.lock askama.toml build.rs ./
COPY benches benches
COPY fixtures fixtures
COPY keys keys
COPY src src
RUN mkdir /out && cp "$(.ci/static-program)" /out/

FROM scratch
LABEL org.opencontainers.image.title="cyberark-identity-mock" \
      org.opencontainers.image.description="A mock CyberArk Identity authorization server, for tests only" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/cyberark-identity-mock /cyberark-identity-mock
# A container is reached from outside; what may reach it is said where it is run.
ENV CYBERARK_MOCK_HOST=0.0.0.0
USER 65532:65532
# HTTP, and HTTPS once CYBERARK_MOCK_TLS_PORT=8443 asks for it.
EXPOSE 8080 8443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=3s --start-period=5s --retries=3 \
  CMD ["/cyberark-identity-mock", "healthcheck"]
ENTRYPOINT ["/cyberark-identity-mock"]
