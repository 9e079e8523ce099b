# The binary of `bun run build`; it needs nothing but glibc.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY dist/evergate /usr/local/bin/evergate
WORKDIR /home/nonroot
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s CMD ["evergate", "healthcheck"]
ENTRYPOINT ["evergate", "serve", "--host", "0.0.0.0"]
