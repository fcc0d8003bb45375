# A static binary that runs as nobody in particular and keeps everything in /data.
#
#   docker build -t weilu .
#   docker run --rm -i -v weilu-data:/data weilu run --transport jsonl
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/weilu ./cmd/weilu \
 && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/weilu /usr/local/bin/weilu
COPY --from=build --chown=65532:65532 /out/data /data
# transcripts are replayed on a database in the temporary directory
COPY --from=build --chown=65532:65532 /out/data /tmp
USER 65532:65532
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/usr/local/bin/weilu", "--data", "/data"]
CMD ["--help"]
