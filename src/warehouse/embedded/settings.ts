/** PostgreSQL's settings for a server on somebody's own machine. They go on the command line, so they are never stale. */
import type { Role } from "./home.ts";

const common: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  log_timezone: "UTC",
  max_connections: "100",
  // A backend whose client was killed stops by itself, even in the middle of a long statement.
  client_connection_check_interval: "1s",
  jit: "off",
  // Nobody replicates a local server; so CREATE TABLE AS and index builds need no WAL.
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  maintenance_work_mem: "128MB",
  work_mem: "16MB",
  // No statement and no value from a row may reach the log: errors hold both in their text, so they are not logged at
  // all (the client gets them); what is more severe, or about the server itself, comes without DETAIL and STATEMENT.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_autovacuum_min_duration: "-1",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
};

const byRole: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  durable: {
    shared_buffers: "256MB",
    max_wal_size: "2GB",
  },
  // Holds nothing that could not be made again, so it never waits for the disk.
  scratch: {
    shared_buffers: "128MB",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    autovacuum: "off",
    checkpoint_timeout: "1h",
    max_wal_size: "4GB",
  },
};

/** `-c name=value` for each setting. */
export const settingArguments = (role: Role): string[] =>
  Object.entries({ ...common, ...byRole[role] }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
