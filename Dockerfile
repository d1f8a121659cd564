# docker build -t sluice .
# docker run -v "$PWD/data:/data:ro" -p 8081:8081 sluice node --data /data --listen 0.0.0.0:8081

FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script here: the image has Node already, and DuckDB comes as a prebuilt package.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build:kernels && npm prune --omit=dev --ignore-scripts

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
# The only places that are written to: a run's report, and data that a run makes.
RUN mkdir -p /data /app/data /app/reports && chown node:node /data /app/data /app/reports
USER node
ENTRYPOINT ["node", "/app/cli/sluice.ts"]
CMD ["--help"]
