# syntax=docker/dockerfile:1

# One image for all three programs; the command says which: api (the default), worker or migrate.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
RUN npm run build

# What api and worker need at run time and nothing else: no compilers, no page builder, no embedded PostgreSQL, no sources.
FROM build AS production
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --workspace=@polyphony/api --workspace=@polyphony/worker \
 && rm -rf apps/cli libs/embedded libs/testing libs/simulator apps/*/src libs/*/src apps/web/node_modules

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    POLYPHONY_HOST=0.0.0.0 \
    PORT=3000
WORKDIR /app
COPY --from=production /app/package.json /app/LICENSE ./
COPY --from=production /app/node_modules ./node_modules
COPY --from=production /app/libs ./libs
COPY --from=production /app/apps ./apps
USER node
EXPOSE 3000
# For the API. A worker has no port: the API's /health/ready says whether workers consume jobs.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]
