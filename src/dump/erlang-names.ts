/** Names that Erlang/OTP itself gives to processes, tables and messages, where they are not those of a module. */

const processNames = `
  init erts_code_purger kernel_sup kernel_safe_sup kernel_refc logger logger_sup logger_proxy logger_std_h_default
  logger_handler_watcher default standard_error standard_error_sup user user_drv rex global_name_server global_group
  file_server_2 erl_prim_loader erl_signal_server inet_db application_controller code_server net_kernel net_sup auth
  erl_epmd erl_distribution sasl_sup sasl_safe_sup release_handler alarm_handler timer_server ssl_sup httpc_manager
  inet_gethost_native inet_gethost_native_sup crypto disk_log_sup disk_log_server mnesia_sup dets_sup socket_registry
`;
const tableNames = `
  code code_names code_tags ac_tab inet_cache inet_hosts_byname inet_hosts_byaddr inet_hosts_file_byname
  inet_hosts_file_byaddr inet_sockets timer_tab timer_interval_tab sys_dist global_locks global_names global_names_ext
  dets dets_owners dets_registry disk_log_names disk_log_pids magic_table
`;
const messageAtoms = `
  ok error true false undefined infinity timeout normal shutdown killed noproc badarg
  system get_state suspend resume EXIT DOWN process port time_offset nodeup nodedown
  io_request io_reply put_chars unicode latin1 tcp tcp_closed tcp_error tcp_passive udp udp_error ssl ssl_closed
  ssl_error data connected closed command connect log event info warning notice debug alert emergency critical
`;

const quoted = [
  "'$gen_call'",
  "'$gen_cast'",
  "'$gen_all_state'",
  "'$ancestors'",
  "'EXIT'",
  "'DOWN'",
  "'_'",
  "'__info__'",
];

export const erlangNames: ReadonlySet<string> = new Set([
  ...[processNames, tableNames, messageAtoms].flatMap((names) => names.trim().split(/\s+/)),
  ...quoted,
]);
