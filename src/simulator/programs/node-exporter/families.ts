/**
 * What each collector of node_exporter tells on a machine like this, as the real one writes it: name, type, value, help. `*` is a figure
 * of the node (figures.ts); another value is the same for each of the collector's devices, or one each for `lo` and `eth0`.
 */
export const FAMILIES = String.raw`
[arp]
node_arp_entries gauge * ARP entries by device
[conntrack]
node_nf_conntrack_entries gauge 152 Number of currently allocated flow entries for connection tracking.
node_nf_conntrack_entries_limit gauge 262144 Maximum size of connection tracking table.
node_nf_conntrack_stat_drop gauge 0 Number of packets dropped due to conntrack failure.
node_nf_conntrack_stat_early_drop gauge 0 Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.
node_nf_conntrack_stat_found gauge 0 Number of searched entries which were successful.
node_nf_conntrack_stat_ignore gauge 0 Number of packets seen which are already connected to a conntrack entry.
node_nf_conntrack_stat_insert gauge 0 Number of entries inserted into the list.
node_nf_conntrack_stat_insert_failed gauge 0 Number of entries for which list insertion was attempted but failed.
node_nf_conntrack_stat_invalid gauge 0 Number of packets seen which can not be tracked.
node_nf_conntrack_stat_search_restart gauge 0 Number of conntrack table lookups which had to be restarted due to hashtable resizes.
[cpu]
node_cpu_guest_seconds_total counter * Seconds the CPUs spent in guests (VMs) for each mode.
node_cpu_seconds_total counter * Seconds the CPUs spent in each mode.
[diskstats]
node_disk_discard_time_seconds_total counter 0 This is the total number of seconds spent by all discards.
node_disk_discarded_sectors_total counter 0 The total number of sectors discarded successfully.
node_disk_discards_completed_total counter 0 The total number of discards completed successfully.
node_disk_discards_merged_total counter 0 The total number of discards merged.
node_disk_flush_requests_time_seconds_total counter 0 This is the total number of seconds spent by all flush requests.
node_disk_flush_requests_total counter 0 The total number of flush requests completed successfully
node_disk_info gauge * Info of /sys/block/<block_device>.
node_disk_io_now gauge 0 The number of I/Os currently in progress.
node_disk_io_time_seconds_total counter * Total seconds spent doing I/Os.
node_disk_io_time_weighted_seconds_total counter * The weighted # of seconds spent doing I/Os.
node_disk_read_bytes_total counter * The total number of bytes read successfully.
node_disk_read_time_seconds_total counter * The total number of seconds spent by all reads.
node_disk_reads_completed_total counter * The total number of reads completed successfully.
node_disk_reads_merged_total counter * The total number of reads merged.
node_disk_write_time_seconds_total counter * This is the total number of seconds spent by all writes.
node_disk_writes_completed_total counter * The total number of writes completed successfully.
node_disk_writes_merged_total counter * The number of writes merged.
node_disk_written_bytes_total counter * The total number of bytes written successfully.
[entropy]
node_entropy_available_bits gauge 256 Bits of available entropy.
node_entropy_pool_size_bits gauge 256 Bits of entropy pool.
[filefd]
node_filefd_allocated gauge * File descriptor statistics: allocated.
node_filefd_maximum gauge 2466160 File descriptor statistics: maximum.
[filesystem]
node_filesystem_avail_bytes gauge * Filesystem space available to non-root users in bytes.
node_filesystem_device_error gauge 0 Whether an error occurred while getting statistics for the given device.
node_filesystem_files gauge 3907584 Filesystem total file nodes.
node_filesystem_files_free gauge * Filesystem total free file nodes.
node_filesystem_free_bytes gauge * Filesystem free space in bytes.
node_filesystem_mount_info gauge * Filesystem mount information.
node_filesystem_purgeable_bytes gauge 0 Filesystem space available including purgeable space (MacOS specific).
node_filesystem_readonly gauge 0 Filesystem read-only status.
node_filesystem_size_bytes gauge * Filesystem size in bytes.
[kernel_hung]
node_kernel_hung_tasks_total counter 0 Total number of tasks that have been detected as hung since the system booted.
[loadavg]
node_load1 gauge * 1m load average.
node_load15 gauge * 15m load average.
node_load5 gauge * 5m load average.
[meminfo]
node_memory_Active_anon_bytes gauge * Memory information field Active_anon_bytes.
node_memory_Active_bytes gauge * Memory information field Active_bytes.
node_memory_Active_file_bytes gauge * Memory information field Active_file_bytes.
node_memory_AnonHugePages_bytes gauge 0 Memory information field AnonHugePages_bytes.
node_memory_AnonPages_bytes gauge * Memory information field AnonPages_bytes.
node_memory_Bounce_bytes gauge 0 Memory information field Bounce_bytes.
node_memory_Buffers_bytes gauge * Memory information field Buffers_bytes.
node_memory_Cached_bytes gauge * Memory information field Cached_bytes.
node_memory_CommitLimit_bytes gauge * Memory information field CommitLimit_bytes.
node_memory_Committed_AS_bytes gauge * Memory information field Committed_AS_bytes.
node_memory_DirectMap2M_bytes gauge 8283750400 Memory information field DirectMap2M_bytes.
node_memory_DirectMap4k_bytes gauge 105664512 Memory information field DirectMap4k_bytes.
node_memory_Dirty_bytes gauge 98304 Memory information field Dirty_bytes.
node_memory_HugePages_Free gauge 0 Memory information field HugePages_Free.
node_memory_HugePages_Rsvd gauge 0 Memory information field HugePages_Rsvd.
node_memory_HugePages_Surp gauge 0 Memory information field HugePages_Surp.
node_memory_HugePages_Total gauge 0 Memory information field HugePages_Total.
node_memory_Hugepagesize_bytes gauge 2097152 Memory information field Hugepagesize_bytes.
node_memory_Inactive_anon_bytes gauge * Memory information field Inactive_anon_bytes.
node_memory_Inactive_bytes gauge * Memory information field Inactive_bytes.
node_memory_Inactive_file_bytes gauge * Memory information field Inactive_file_bytes.
node_memory_KernelStack_bytes gauge * Memory information field KernelStack_bytes.
node_memory_Mapped_bytes gauge 402653184 Memory information field Mapped_bytes.
node_memory_MemAvailable_bytes gauge * Memory information field MemAvailable_bytes.
node_memory_MemFree_bytes gauge * Memory information field MemFree_bytes.
node_memory_MemTotal_bytes gauge * Memory information field MemTotal_bytes.
node_memory_Mlocked_bytes gauge 0 Memory information field Mlocked_bytes.
node_memory_NFS_Unstable_bytes gauge 0 Memory information field NFS_Unstable_bytes.
node_memory_PageTables_bytes gauge * Memory information field PageTables_bytes.
node_memory_Percpu_bytes gauge 1900544 Memory information field Percpu_bytes.
node_memory_SReclaimable_bytes gauge 188743680 Memory information field SReclaimable_bytes.
node_memory_SUnreclaim_bytes gauge 71303168 Memory information field SUnreclaim_bytes.
node_memory_ShmemHugePages_bytes gauge 0 Memory information field ShmemHugePages_bytes.
node_memory_ShmemPmdMapped_bytes gauge 0 Memory information field ShmemPmdMapped_bytes.
node_memory_Shmem_bytes gauge 9166848 Memory information field Shmem_bytes.
node_memory_Slab_bytes gauge * Memory information field Slab_bytes.
node_memory_SwapCached_bytes gauge 0 Memory information field SwapCached_bytes.
node_memory_SwapFree_bytes gauge 0 Memory information field SwapFree_bytes.
node_memory_SwapTotal_bytes gauge 0 Memory information field SwapTotal_bytes.
node_memory_Unevictable_bytes gauge 0 Memory information field Unevictable_bytes.
node_memory_VmallocChunk_bytes gauge 0 Memory information field VmallocChunk_bytes.
node_memory_VmallocTotal_bytes gauge 35184372087808 Memory information field VmallocTotal_bytes.
node_memory_VmallocUsed_bytes gauge 24510464 Memory information field VmallocUsed_bytes.
node_memory_WritebackTmp_bytes gauge 0 Memory information field WritebackTmp_bytes.
node_memory_Writeback_bytes gauge 0 Memory information field Writeback_bytes.
node_memory_Zswap_bytes gauge 0 Memory information field Zswap_bytes.
node_memory_Zswapped_bytes gauge 0 Memory information field Zswapped_bytes.
[netclass]
node_network_address_assign_type gauge 0/3 Network device property: address_assign_type
node_network_carrier gauge 1/1 Network device property: carrier
node_network_carrier_changes_total counter 0/2 Network device property: carrier_changes_total
node_network_carrier_down_changes_total counter 0/1 Network device property: carrier_down_changes_total
node_network_carrier_up_changes_total counter 0/1 Network device property: carrier_up_changes_total
node_network_device_id gauge 0/0 Network device property: device_id
node_network_dormant gauge 0/0 Network device property: dormant
node_network_flags gauge 9/4099 Network device property: flags
node_network_iface_id gauge 1/8 Network device property: iface_id
node_network_iface_link gauge 1/9 Network device property: iface_link
node_network_iface_link_mode gauge 0/0 Network device property: iface_link_mode
node_network_info gauge * Non-numeric data from /sys/class/net/<iface>, value is always 1.
node_network_mtu_bytes gauge 65536/1500 Network device property: mtu_bytes
node_network_name_assign_type gauge 2/4 Network device property: name_assign_type
node_network_net_dev_group gauge 0/0 Network device property: net_dev_group
node_network_protocol_type gauge 772/1 Network device property: protocol_type
node_network_speed_bytes gauge -/1250000000 Network device property: speed_bytes
node_network_transmit_queue_length gauge 1000/0 Network device property: transmit_queue_length
node_network_up gauge 0/1 Value is 1 if operstate is 'up', 0 otherwise.
[netdev]
node_network_receive_bytes_total counter * Network device statistic receive_bytes.
node_network_receive_compressed_total counter 0 Network device statistic receive_compressed.
node_network_receive_drop_total counter 0 Network device statistic receive_drop.
node_network_receive_errs_total counter 0 Network device statistic receive_errs.
node_network_receive_fifo_total counter 0 Network device statistic receive_fifo.
node_network_receive_frame_total counter 0 Network device statistic receive_frame.
node_network_receive_multicast_total counter 0 Network device statistic receive_multicast.
node_network_receive_nohandler_total counter 0 Network device statistic receive_nohandler.
node_network_receive_packets_total counter * Network device statistic receive_packets.
node_network_transmit_bytes_total counter * Network device statistic transmit_bytes.
node_network_transmit_carrier_total counter 0 Network device statistic transmit_carrier.
node_network_transmit_colls_total counter 0 Network device statistic transmit_colls.
node_network_transmit_compressed_total counter 0 Network device statistic transmit_compressed.
node_network_transmit_drop_total counter 0 Network device statistic transmit_drop.
node_network_transmit_errs_total counter 0 Network device statistic transmit_errs.
node_network_transmit_fifo_total counter 0 Network device statistic transmit_fifo.
node_network_transmit_packets_total counter * Network device statistic transmit_packets.
[netstat]
node_netstat_Icmp6_InErrors untyped 1 Statistic Icmp6InErrors.
node_netstat_Icmp6_InMsgs untyped 2 Statistic Icmp6InMsgs.
node_netstat_Icmp6_OutMsgs untyped 11 Statistic Icmp6OutMsgs.
node_netstat_Icmp_InErrors untyped 0 Statistic IcmpInErrors.
node_netstat_Icmp_InMsgs untyped 6 Statistic IcmpInMsgs.
node_netstat_Icmp_OutMsgs untyped 4 Statistic IcmpOutMsgs.
node_netstat_Ip6_InOctets untyped 396 Statistic Ip6InOctets.
node_netstat_Ip6_OutOctets untyped 1300 Statistic Ip6OutOctets.
node_netstat_IpExt_InOctets untyped * Statistic IpExtInOctets.
node_netstat_IpExt_OutOctets untyped * Statistic IpExtOutOctets.
node_netstat_Ip_Forwarding untyped 1 Statistic IpForwarding.
node_netstat_TcpExt_ListenDrops untyped 0 Statistic TcpExtListenDrops.
node_netstat_TcpExt_ListenOverflows untyped 0 Statistic TcpExtListenOverflows.
node_netstat_TcpExt_SyncookiesFailed untyped 0 Statistic TcpExtSyncookiesFailed.
node_netstat_TcpExt_SyncookiesRecv untyped 0 Statistic TcpExtSyncookiesRecv.
node_netstat_TcpExt_SyncookiesSent untyped 0 Statistic TcpExtSyncookiesSent.
node_netstat_TcpExt_TCPOFOQueue untyped 0 Statistic TcpExtTCPOFOQueue.
node_netstat_TcpExt_TCPRcvQDrop untyped 0 Statistic TcpExtTCPRcvQDrop.
node_netstat_TcpExt_TCPSynRetrans untyped 0 Statistic TcpExtTCPSynRetrans.
node_netstat_TcpExt_TCPTimeouts untyped 0 Statistic TcpExtTCPTimeouts.
node_netstat_Tcp_ActiveOpens untyped * Statistic TcpActiveOpens.
node_netstat_Tcp_CurrEstab untyped 24 Statistic TcpCurrEstab.
node_netstat_Tcp_InErrs untyped 0 Statistic TcpInErrs.
node_netstat_Tcp_InSegs untyped * Statistic TcpInSegs.
node_netstat_Tcp_OutRsts untyped 12 Statistic TcpOutRsts.
node_netstat_Tcp_OutSegs untyped * Statistic TcpOutSegs.
node_netstat_Tcp_PassiveOpens untyped * Statistic TcpPassiveOpens.
node_netstat_Tcp_RetransSegs untyped 0 Statistic TcpRetransSegs.
node_netstat_Udp6_InDatagrams untyped 0 Statistic Udp6InDatagrams.
node_netstat_Udp6_InErrors untyped 0 Statistic Udp6InErrors.
node_netstat_Udp6_NoPorts untyped 0 Statistic Udp6NoPorts.
node_netstat_Udp6_OutDatagrams untyped 0 Statistic Udp6OutDatagrams.
node_netstat_Udp6_RcvbufErrors untyped 0 Statistic Udp6RcvbufErrors.
node_netstat_Udp6_SndbufErrors untyped 0 Statistic Udp6SndbufErrors.
node_netstat_UdpLite6_InErrors untyped 0 Statistic UdpLite6InErrors.
node_netstat_UdpLite_InErrors untyped 0 Statistic UdpLiteInErrors.
node_netstat_Udp_InDatagrams untyped * Statistic UdpInDatagrams.
node_netstat_Udp_InErrors untyped 0 Statistic UdpInErrors.
node_netstat_Udp_NoPorts untyped 4 Statistic UdpNoPorts.
node_netstat_Udp_OutDatagrams untyped * Statistic UdpOutDatagrams.
node_netstat_Udp_RcvbufErrors untyped 0 Statistic UdpRcvbufErrors.
node_netstat_Udp_SndbufErrors untyped 0 Statistic UdpSndbufErrors.
[os]
node_os_info gauge * A metric with a constant '1' value labeled by build_id, id, id_like, image_id, image_version, name, pretty_name, variant, variant_id, version, version_codename, version_id.
node_os_version gauge * Metric containing the major.minor part of the OS version.
[pressure]
node_pressure_cpu_waiting_seconds_total counter * Total time in seconds that processes have waited for CPU time
node_pressure_io_stalled_seconds_total counter * Total time in seconds no process could make progress due to IO congestion
node_pressure_io_waiting_seconds_total counter * Total time in seconds that processes have waited due to IO congestion
node_pressure_memory_stalled_seconds_total counter 0 Total time in seconds no process could make progress due to memory congestion
node_pressure_memory_waiting_seconds_total counter 0 Total time in seconds that processes have waited for memory
[selinux]
node_selinux_enabled gauge 0 SELinux is enabled, 1 is true, 0 is false
[sockstat]
node_sockstat_FRAG6_inuse gauge 0 Number of FRAG6 sockets in state inuse.
node_sockstat_FRAG6_memory gauge 0 Number of FRAG6 sockets in state memory.
node_sockstat_FRAG_inuse gauge 0 Number of FRAG sockets in state inuse.
node_sockstat_FRAG_memory gauge 0 Number of FRAG sockets in state memory.
node_sockstat_RAW6_inuse gauge 0 Number of RAW6 sockets in state inuse.
node_sockstat_RAW_inuse gauge 0 Number of RAW sockets in state inuse.
node_sockstat_TCP6_inuse gauge 0 Number of TCP6 sockets in state inuse.
node_sockstat_TCP_alloc gauge 64 Number of TCP sockets in state alloc.
node_sockstat_TCP_inuse gauge 38 Number of TCP sockets in state inuse.
node_sockstat_TCP_mem gauge 197 Number of TCP sockets in state mem.
node_sockstat_TCP_mem_bytes gauge 806912 Number of TCP sockets in state mem_bytes.
node_sockstat_TCP_orphan gauge 0 Number of TCP sockets in state orphan.
node_sockstat_TCP_tw gauge 0 Number of TCP sockets in state tw.
node_sockstat_UDP6_inuse gauge 0 Number of UDP6 sockets in state inuse.
node_sockstat_UDPLITE6_inuse gauge 0 Number of UDPLITE6 sockets in state inuse.
node_sockstat_UDPLITE_inuse gauge 0 Number of UDPLITE sockets in state inuse.
node_sockstat_UDP_inuse gauge 0 Number of UDP sockets in state inuse.
node_sockstat_UDP_mem gauge 0 Number of UDP sockets in state mem.
node_sockstat_UDP_mem_bytes gauge 0 Number of UDP sockets in state mem_bytes.
node_sockstat_sockets_used gauge 271 Number of IPv4 sockets in use.
[softnet]
node_softnet_backlog_len gauge 0 Softnet backlog status
node_softnet_cpu_collision_total counter 0 Number of collision occur while obtaining device lock while transmitting
node_softnet_dropped_total counter 0 Number of dropped packets
node_softnet_flow_limit_count_total counter 0 Number of times flow limit has been reached
node_softnet_processed_total counter * Number of processed packets
node_softnet_received_rps_total counter 0 Number of times cpu woken up received_rps
node_softnet_times_squeezed_total counter 0 Number of times processing packets ran out of quota
[stat]
node_boot_time_seconds gauge * Node boot time, in unixtime.
node_context_switches_total counter * Total number of context switches.
node_forks_total counter * Total number of forks.
node_intr_total counter * Total number of interrupts serviced.
node_procs_blocked gauge 0 Number of processes blocked waiting for I/O to complete.
node_procs_running gauge * Number of processes in runnable state.
[textfile]
node_textfile_scrape_error gauge 0 1 if there was an error opening or reading a file, 0 otherwise
[time]
node_time_clocksource_available_info gauge * Available clocksources read from '/sys/devices/system/clocksource'.
node_time_clocksource_current_info gauge * Current clocksource read from '/sys/devices/system/clocksource'.
node_time_seconds gauge * System time in seconds since epoch (1970).
node_time_zone_offset_seconds gauge * System time zone offset in seconds.
[timex]
node_timex_estimated_error_seconds gauge 0.000016 Estimated error in seconds.
node_timex_frequency_adjustment_ratio gauge 1 Local clock frequency adjustment.
node_timex_loop_time_constant gauge 7 Phase-locked loop time constant.
node_timex_maxerror_seconds gauge 0.032 Maximum error in seconds.
node_timex_offset_seconds gauge 0 Time offset in between local system and reference clock.
node_timex_pps_calibration_total counter 0 Pulse per second count of calibration intervals.
node_timex_pps_error_total counter 0 Pulse per second count of calibration errors.
node_timex_pps_frequency_hertz gauge 0 Pulse per second frequency.
node_timex_pps_jitter_seconds gauge 0 Pulse per second jitter.
node_timex_pps_jitter_total counter 0 Pulse per second count of jitter limit exceeded events.
node_timex_pps_shift_seconds gauge 0 Pulse per second interval duration.
node_timex_pps_stability_exceeded_total counter 0 Pulse per second count of stability limit exceeded events.
node_timex_pps_stability_hertz gauge 0 Pulse per second stability, average of recent frequency changes.
node_timex_status gauge 0 Value of the status array bits.
node_timex_sync_status gauge 1 Is clock synchronized to a reliable server (1 = yes, 0 = no).
node_timex_tai_offset_seconds gauge 0 International Atomic Time (TAI) offset.
node_timex_tick_seconds gauge 0.01 Seconds between clock ticks.
[udp_queues]
node_udp_queues gauge * Number of allocated memory in the kernel for UDP datagrams in bytes.
[uname]
node_uname_info gauge * Labeled system information as provided by the uname system call.
[vmstat]
node_vmstat_oom_kill untyped 0 /proc/vmstat information field oom_kill.
node_vmstat_pgfault untyped * /proc/vmstat information field pgfault.
node_vmstat_pgmajfault untyped 1804 /proc/vmstat information field pgmajfault.
node_vmstat_pgpgin untyped * /proc/vmstat information field pgpgin.
node_vmstat_pgpgout untyped * /proc/vmstat information field pgpgout.
node_vmstat_pswpin untyped 0 /proc/vmstat information field pswpin.
node_vmstat_pswpout untyped 0 /proc/vmstat information field pswpout.
`;
