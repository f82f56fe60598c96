-- Run at the first start by the Docker images of MySQL and MariaDB, at each start by `npm run services` (--init-file: a statement a line).
CREATE DATABASE IF NOT EXISTS query_ts CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'query'@'%' IDENTIFIED BY 'query';
GRANT ALL PRIVILEGES ON *.* TO 'query'@'%' WITH GRANT OPTION;
