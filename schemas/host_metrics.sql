-- A machine: processor, memory, its fullest local file system, network.
CREATE TABLE IF NOT EXISTS host_metrics (
    timestamp              TIMESTAMP,  -- When the machine was read, UTC.
    host                   SYMBOL,     -- The machine's name.
    env                    SYMBOL,     -- Environment: prod, demo, ...
    cpu_percent            DOUBLE,     -- Busy share of all cores since the last reading. [gauge host_cpu_ratio, unit percent]
    load1                  DOUBLE,     -- Load average over one minute. [gauge host_load1]
    memory_used_bytes      LONG,       -- Total minus available memory. [gauge host_memory_used_bytes, unit bytes]
    memory_total_bytes     LONG,       -- Physical memory. [gauge host_memory_total_bytes, unit bytes]
    disk_used_bytes        LONG,       -- Used bytes of the fullest local file system. [gauge host_disk_used_bytes, unit bytes]
    disk_total_bytes       LONG,       -- Its size, as far as an ordinary user may fill it. [gauge host_disk_size_bytes, unit bytes]
    disk_mount             VARCHAR,    -- Where that file system is mounted.
    network_rx_bytes       LONG,       -- Bytes received since boot over all interfaces but loopback. [counter host_network_receive_bytes_total, unit bytes]
    network_rx_bytes_delta LONG,       -- Increase of network_rx_bytes since the last reading, proof against resets. [unit bytes]
    network_tx_bytes       LONG,       -- Bytes sent since boot over all interfaces but loopback. [counter host_network_transmit_bytes_total, unit bytes]
    network_tx_bytes_delta LONG        -- Increase of network_tx_bytes since the last reading, proof against resets. [unit bytes]
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, host, env);
