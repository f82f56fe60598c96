-- Run at each start, by the Docker image and by `npm run services`: nothing happens where all is there already.
SELECT 'CREATE DATABASE query_ts' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'query_ts') \gexec
\connect query_ts
CREATE EXTENSION IF NOT EXISTS vector;
