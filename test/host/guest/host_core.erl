%% NSO's core in the guest: the lab's core, but it lives on when a connection ends, and starts the VMs beside it as NSO
%% does, so that they are its children and in its cgroup. Its environment: HOST_CORE_PORT, where it listens on loopback,
%% since bash speaks TCP without a program; HOST_JVM, the MiB of its Java VM's heap; HOST_PYTHONS, the number of its Python
%% VMs. Besides the lab's commands: `jvm hold MIB`, `python hold MIB` (the first of them), `deaf`: it ignores SIGUSR1.
-module(host_core).
-export([start/0]).

start() -> spawn(fun serve/0), ok.

serve() ->
    lab_core:prepare(),
    Vms = #{jvm => jvm(os:getenv("HOST_JVM", "0")),
            python => [python(N) || N <- lists:seq(1, list_to_integer(os:getenv("HOST_PYTHONS", "0")))]},
    Port = list_to_integer(os:getenv("HOST_CORE_PORT")),
    {ok, Listen} = gen_tcp:listen(Port, [{ip, loopback}, {reuseaddr, true}, binary, {packet, line}, {active, false}]),
    accept(Listen, Vms, []).

jvm("0") -> [];
jvm(Mib) ->
    Jars = "/opt/ncs/current/java/jar",
    [vm("java", ["-classpath", Jars ++ ":" ++ Jars ++ "/*", "-Xmx" ++ Mib ++ "m", "-Dhost=127.0.0.1", "-Dport=4569",
        "-Djvm.restart.enabled=false", "com.tailf.ncs.NcsJVMLauncher"])].

python(N) ->
    vm("python3", ["-u", "/opt/ncs/current/src/ncs/pyapi/ncs_pyvm/startup.py", "-l", "info", "-f",
        "./logs/ncs-python-vm", "-i", "package-" ++ integer_to_list(N)]).

vm(Name, Args) ->
    open_port({spawn_executable, os:find_executable(Name)}, [{args, Args}, {line, 1000}]).

accept(Listen, Vms, Held) ->
    {ok, Socket} = gen_tcp:accept(Listen),
    accept(Listen, Vms, loop(Socket, Vms, Held)).

loop(Socket, Vms, Held) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Line} ->
            {Answer, Next} = obey(string:lexemes(Line, " \n"), Vms, Held),
            gen_tcp:send(Socket, [Answer, "\n"]),
            loop(Socket, Vms, Next);
        {error, _} ->
            Held
    end.

obey([<<"jvm">> | Words], #{jvm := [Port | _]}, Held) -> {tell(Port, Words), Held};
obey([<<"python">> | Words], #{python := [Port | _]}, Held) -> {tell(Port, Words), Held};
obey([<<"deaf">>], _, Held) -> {atom_to_binary(os:set_signal(sigusr1, ignore)), Held};
obey(Words, _, Held) -> lab_core:obey(Words, Held).

tell(Port, Words) ->
    port_command(Port, [lists:join(" ", Words), "\n"]),
    <<"told">>.
