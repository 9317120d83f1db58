%% A BEAM with known contents, which says their live values and then writes its crash dump.
-module(lab_dump).
-export([main/1, idle/0, worker/2, large_worker/1, sink/0]).

%% Size in MiB of each kind of contents. Prints the live values, one a line, and halts with a crash dump.
main([Size]) ->
    Mib = list_to_integer(Size),
    Big = binary:copy(<<"x">>, 16 bsl 20),
    named(slicer, fun() -> <<Slice:100/binary, _/binary>> = binary:copy(Big), hold(Slice) end),
    named(whole_keeper, fun() -> hold([binary:copy(<<"y">>, 1 bsl 20) || _ <- lists:seq(1, Mib)]) end),
    named(small_keeper, fun() -> hold([binary:copy(<<"z">>, 2000) || _ <- lists:seq(1, Mib * 100)]) end),
    named(list_keeper, fun() -> hold(lists:seq(1, Mib * 16384)) end),
    named(table_keeper, fun() ->
        Table = ets:new(lab_rows, [named_table, public]),
        [ets:insert(Table, {Row, {leaf, Row}}) || Row <- lists:seq(1, Mib * 1000)],
        hold(Table)
    end),
    Sink = named(event_sink, fun ?MODULE:sink/0),
    [Sink ! {'$gen_cast', {log_event, Row, <<"secret value">>, [a, Row]}} || Row <- lists:seq(1, Mib * 1000)],
    [proc_lib:spawn(?MODULE, worker, [Row, Mib * 10]) || Row <- lists:seq(1, 200)],
    %% Larger than all of Erlang's own, each with another queue and so of another size: heaps grow by steps.
    [large(Mib * 1000, Row * 10) || Row <- lists:seq(1, 20)],
    [spawn(?MODULE, idle, []) || _ <- lists:seq(1, 100)],
    timer:sleep(500),
    erlang:garbage_collect(),
    live(),
    %% The dump does not wait for what the port of standard output still holds.
    timer:sleep(500),
    erlang:halt("lab dump").

named(Name, Work) ->
    Owner = self(),
    Pid = proc_lib:spawn(fun() -> register(Name, self()), Owner ! {begun, self()}, Work() end),
    receive {begun, Pid} -> ok end,
    settled(Pid),
    Pid.

%% Waiting, with its garbage collected, and doing nothing any more.
settled(Pid) ->
    {reductions, Before} = process_info(Pid, reductions),
    timer:sleep(50),
    case process_info(Pid, [status, reductions]) of
        [{status, waiting}, {reductions, Before}] -> ok;
        _ -> settled(Pid)
    end.

hold(Held) -> erlang:garbage_collect(), receive stop -> Held end.
sink() -> receive never -> ok end.
idle() -> receive stop -> ok end.
large(Size, Messages) ->
    Pid = proc_lib:spawn(?MODULE, large_worker, [Size]),
    settled(Pid),
    [Pid ! {job, Number} || Number <- lists:seq(1, Messages)],
    settled(Pid).

large_worker(Size) -> hold(lists:seq(1, Size)).
worker(Number, Size) -> hold({Number, lists:seq(1, Size)}).

live() ->
    Processes = [{Pid, process_info(Pid, [memory, message_queue_len, registered_name, current_function])} || Pid <- processes(), Pid =/= self()],
    Sorted = lists:reverse(lists:sort([{proplists:get_value(memory, Info), Pid, Info} || {Pid, Info} <- Processes, Info =/= undefined])),
    [io:format("process ~p ~p ~p ~s ~s~n", [Pid, Memory, proplists:get_value(message_queue_len, Info), name(Info), function(Info)]) || {Memory, Pid, Info} <- lists:sublist(Sorted, 15)],
    [io:format("binaries ~s ~p~n", [Name, bytes_of(whereis(Name))]) || Name <- [slicer, whole_keeper, small_keeper]],
    Word = erlang:system_info(wordsize),
    io:format("table lab_rows ~p ~p~n", [ets:info(lab_rows, size), Word * ets:info(lab_rows, memory)]),
    io:format("total ~p~n", [erlang:memory(total)]),
    io:format("count ~p ~p~n", [length(Processes) + 1, erlang:system_info(process_limit)]).

name(Info) -> case proplists:get_value(registered_name, Info) of [] -> "-"; Name -> atom_to_list(Name) end.
function(Info) -> {M, F, A} = proplists:get_value(current_function, Info), io_lib:format("~p:~p/~p", [M, F, A]).
bytes_of(Pid) -> {binary, All} = process_info(Pid, binary), lists:sum([Bytes || {_, Bytes, _} <- lists:usort(All)]).
