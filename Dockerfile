# Two programs of one repository: `--target collector` (the default) and `--target demo`.
# Both run as the user that .NET's images bring along, without a shell, and write only to /tmp and to
# /var/lib/collector or /catalog.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS source
WORKDIR /src
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./

FROM source AS build-collector
ARG TARGETARCH=amd64
COPY collector/ collector/
# Locked: the packages are those that the tests ran with.
RUN case "$TARGETARCH" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "no build for $TARGETARCH" >&2; exit 1 ;; esac \
 && dotnet publish collector/App/Collector.App.csproj -c Release -r "$rid" --self-contained false -p:RestoreLockedMode=true -o /out/app \
 && mkdir -p /out/data
COPY schemas/ /out/app/schemas/

FROM source AS build-demo
COPY demo/ demo/
RUN dotnet restore demo/Demo.csproj --locked-mode \
 && dotnet build demo/Demo.csproj -c Release --no-restore -o /out/app \
 && mkdir -p /out/catalog

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS runtime
WORKDIR /app
# Without the debugger's pipe nothing is written beside the data.
ENV DOTNET_EnableDiagnostics=0

FROM runtime AS demo
COPY --from=build-demo /out/app/ ./
COPY --from=build-demo --chown=$APP_UID:$APP_UID /out/catalog/ /catalog/
USER $APP_UID
ENTRYPOINT ["dotnet", "demo.dll"]

FROM runtime AS collector
COPY --from=build-collector /out/app/ ./
COPY --from=build-collector --chown=$APP_UID:$APP_UID /out/data/ /var/lib/collector/
COPY collector.yaml LICENSE ./
USER $APP_UID
VOLUME ["/var/lib/collector"]
EXPOSE 9464 9465
# Whether it is ready, asked of itself: the image has neither a shell nor curl.
HEALTHCHECK --interval=15s --timeout=10s --start-period=20s --retries=3 \
  CMD ["/app/collector", "health", "--config", "/etc/collector/collector.yaml"]
ENTRYPOINT ["/app/collector"]
CMD ["run", "--config", "/etc/collector/collector.yaml"]
