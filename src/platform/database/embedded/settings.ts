import { type Endpoint, isSocket, type Place } from './place.ts'

/** For a small machine that also runs Xenia itself; about 30 MB until data comes. */
const defaults: Readonly<Record<string, string>> = {
  shared_buffers: '64MB',
  effective_cache_size: '256MB',
  maintenance_work_mem: '32MB',
  max_connections: '60',
  max_worker_processes: '4',
  autovacuum_worker_slots: '4',
  autovacuum_max_workers: '2',
  // Many short statements: a compiler and helpers per query cost more than they bring.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // The default keeps three more processes for reading.
  io_method: 'sync',
  random_page_cost: '1.1',
  // What is answered is on disk.
  synchronous_commit: 'on',
  // No replica can follow (no tool for that ships), so the log need only serve recovery.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  min_wal_size: '32MB',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Refused statements carry people's data: neither they nor the rows they name go into the file.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

function listening(endpoint: Endpoint): Readonly<Record<string, string>> {
  if (!isSocket(endpoint)) return { listen_addresses: endpoint.host, unix_socket_directories: '' }
  return {
    listen_addresses: '',
    // A list, in which quotes keep a comma or a blank of the path together.
    unix_socket_directories: `"${endpoint.host.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  }
}

/**
 * The server's whole command line. All settings stand there and none in a file, so comparing it tells whether a
 * running server is the one that we would start.
 * @param dataPath the cluster as the server's account can name it.
 */
export function serverArguments(
  place: Place,
  dataPath: string,
  endpoint: Endpoint,
  overrides: Readonly<Record<string, string>>,
): string[] {
  const settings = {
    ...defaults,
    ...overrides,
    ...listening(endpoint),
    cluster_name: place.clusterName,
  }
  return [
    '-D',
    dataPath,
    '-p',
    String(endpoint.port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}
