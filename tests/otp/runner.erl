%% Plays scenarios with Erlang's own supervisor and writes down what happened; README.md says in
%% which words. The same files are played by otp_scenarios_test.cpp, and both have to agree.
%%
%%   runner:main([Scenario, Trace, Scenario, Trace, ...])    paths, as strings
%%
%% Nothing here waits for a time to be right. A child tells the collector of its start and of its
%% end before it goes on; who was killed is found dead before the next event is written down. A
%% command is over when every supervisor concerned has answered and none is restarting a child.
-module(runner).
-behaviour(supervisor).
-export([main/1, init/1, start_worker/3, start_supervisor/3, worker/4]).

main(Paths) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    play_all(Paths).

play_all([Scenario, Trace | Others]) ->
    {ok, Text} = file:read_file(Scenario),
    Lines = [Words || Line <- string:split(binary_to_list(Text), "\n", all),
                      Words <- [string:lexemes(hd(string:split(Line, "#")), " \r\t")],
                      Words =/= []],
    ok = file:write_file(Trace, [[Line, "\n"] || Line <- play(Lines)]),
    play_all(Others);
play_all([]) ->
    halt(0).

play(Lines) ->
    {Top, Script} = parse(Lines),
    Self = self(),
    Collector = spawn_link(fun() -> collect(#{script => Self, trace => [], living => []}) end),
    Player = spawn_monitor(fun() ->
                                   process_flag(trap_exit, true),
                                   ask(Collector, {parent, self()}),
                                   run(Script, Collector, Top)
                           end),
    {Pid, Monitor} = Player,
    receive
        {'DOWN', Monitor, process, Pid, normal} -> ok;
        {'DOWN', Monitor, process, Pid, Why} -> give_up(Lines, Why);
        {'EXIT', Collector, Why} -> give_up(Lines, Why)
    end,
    Trace = ask(Collector, trace),
    unlink(Collector),
    exit(Collector, kill),
    sort_crowds(Trace, crowds(Top), []).

give_up(Lines, Why) ->
    io:format(standard_error, "~p: ~p~n", [Lines, Why]),
    halt(1).

%% -- the tree ------------------------------------------------------------------------------------

%% {supervisor, Id, Options, Children}, {dynamic, Id, Options}, {worker, Id, Options}
parse([["sup", Id, Strategy | Options] | Lines]) ->
    {Children, Script} = parse_children(Lines, []),
    {{supervisor, Id, [{"strategy", Strategy} | options(Options)], Children}, Script}.

parse_children([["end"] | Lines], Found) ->
    {lists:reverse(Found), Lines};
parse_children([["sup" | _] | _] = Lines, Found) ->
    {One, Others} = parse(Lines),
    parse_children(Others, [One | Found]);
parse_children([["dynamic", Id | Options] | Lines], Found) ->
    parse_children(Lines, [{dynamic, Id, options(Options)} | Found]);
parse_children([["child", Id | Options] | Lines], Found) ->
    parse_children(Lines, [{worker, Id, options(Options)} | Found]).

options(Words) ->
    [list_to_tuple(string:split(Word, "=")) || Word <- Words].

%% As the supervisor is given it: what the scenario does not name is left to OTP's defaults.
init({Collector, {supervisor, _, Options, Children}}) ->
    {ok, {flags(Options), [spec(Collector, Child) || Child <- Children]}};
init({Collector, {dynamic, _, Options}}) ->
    Template = [{Key, Value} || {"child." ++ Key, Value} <- Options],
    Spec = spec(Collector, {worker, "template", Template}),
    Start = {?MODULE, start_worker, [Collector, Template]},
    {ok, {flags([{"strategy", "simple_one_for_one"} | Options]), [Spec#{start := Start}]}}.

flags(Options) ->
    maps:from_list([{Name, value(Value)}
                    || {Key, Name} <- [{"strategy", strategy}, {"intensity", intensity},
                                       {"period", period}, {"auto", auto_shutdown}],
                       {K, Value} <- Options, K =:= Key]).

spec(Collector, Node) ->
    {Kind, Id, Options} = case Node of
                              {supervisor, I, O, _} -> {supervisor, I, O};
                              Other -> Other
                          end,
    Start = case Kind of
                worker -> {?MODULE, start_worker, [Collector, Options, Id]};
                _ -> {?MODULE, start_supervisor, [Collector, Node, Id]}
            end,
    Given = [{Name, value(Value)} || {Key, Name} <- [{"restart", restart}, {"type", type},
                                                     {"shutdown", shutdown},
                                                     {"significant", significant}],
                                     {K, Value} <- Options, K =:= Key],
    Type = [{type, supervisor} || Kind =/= worker],
    Whole = maps:merge(maps:from_list(Type), maps:from_list([{start, Start} | Given])),
    Spec = case lists:keyfind("start", 1, Options) of
               {_, "none"} -> maps:remove(start, Whole);
               false -> Whole
           end,
    case Id of
        "-" -> Spec;
        _ -> Spec#{id => Id}
    end.

value(Word) ->
    case string:to_integer(Word) of
        {Number, []} -> Number;
        _ -> list_to_atom(Word)
    end.

%% -- children ------------------------------------------------------------------------------------

start_worker(Collector, Options, Id) ->
    Manner = proplists:get_value("manner", Options, "obedient"),
    begin_with(Collector, Id, fun() ->
        proc_lib:start_link(?MODULE, worker, [Collector, Id, Manner, self()])
    end).

start_supervisor(Collector, Node, Id) ->
    begin_with(Collector, Id, fun() -> supervisor:start_link(?MODULE, {Collector, Node}) end).

begin_with(Collector, Id, Start) ->
    case ask(Collector, {starting, Id, self()}) of
        fail -> {error, broken};
        ignore -> ignore;
        {taken, Pid} -> {error, {already_started, Pid}};
        {go, Info} ->
            case Start() of
                {ok, Pid} ->
                    ask(Collector, {started, Id, Pid}),
                    case Info of
                        none -> {ok, Pid};
                        _ -> {ok, Pid, Info}
                    end;
                Error -> Error
            end
    end.

worker(Collector, Id, Manner, Supervisor) ->
    process_flag(trap_exit, true),
    proc_lib:init_ack({ok, self()}),
    if Manner =:= "unlinked" -> unlink(Supervisor); true -> ok end,
    loop(Collector, Id, Manner).

loop(Collector, Id, Manner) ->
    receive
        {leave, Reason} -> leave(Collector, Id, Reason);
        {'EXIT', _, _} when Manner =:= "stubborn"; Manner =:= "unlinked" ->
            loop(Collector, Id, Manner);
        {'EXIT', _, _} when Manner =:= "failing" -> leave(Collector, Id, crash);
        {'EXIT', _, _} when Manner =:= "leaving" -> leave(Collector, Id, normal);
        {'EXIT', _, Reason} -> leave(Collector, Id, Reason)
    end.

leave(Collector, Id, Reason) ->
    ask(Collector, {ended, Id, self(), Reason}),
    exit(Reason).

%% -- the collector -------------------------------------------------------------------------------

%% living: {Id, Pid}, the newest first
collect(State) ->
    receive
        {From, Ref, Request} ->
            Found = find_dead(State),
            {Answer, Next} = handle(Request, Found),
            From ! {Ref, Answer},
            collect(Next)
    end.

%% Several at once: children before their supervisors, else the newest first, as they are stopped.
find_dead(#{living := Living} = State) ->
    Dead = [One || {_, Pid} = One <- Living, not is_process_alive(Pid)],
    {Above, Below} = lists:partition(fun({_, Pid}) -> maps:is_key({supervises, Pid}, State) end,
                                     Dead),
    Deepest = lists:sort(fun({A, _}, {B, _}) -> depth(A, State) >= depth(B, State) end, Above),
    lists:foldl(fun({Id, Pid}, Now) -> bury(Id, Pid, Now) end, State, Below ++ Deepest).

depth(Id, State) ->
    case State of
        #{{supervisor, Id} := Pid} ->
            case State of
                #{{id, Pid} := Supervisor} -> 1 + depth(Supervisor, State);
                _ -> 1
            end;
        _ -> 0
    end.

bury(Id, Pid, #{living := Living} = State) ->
    Monitor = maps:get({monitor, Pid}, State),
    receive
        {'DOWN', Monitor, process, Pid, Reason} ->
            note(["end ", Id, " ", reason(Reason)], State#{living := lists:delete({Id, Pid}, Living)})
    end.

reason({shutdown, Why}) -> ["shutdown:", atom_to_list(Why)];
reason(Reason) when is_atom(Reason) -> atom_to_list(Reason).

note(Line, #{trace := Trace} = State) ->
    State#{trace := [lists:flatten(Line) | Trace]}.

handle({parent, Pid}, State) -> {ok, State#{parent => Pid}};
handle({note, Line}, State) -> {ok, note(Line, State)};
handle(trace, #{trace := Trace} = State) -> {lists:reverse(Trace), State};
handle({set, Key, Value}, State) -> {ok, State#{Key => Value}};
handle({supervisor_of, Id}, #{parent := Parent} = State) ->
    {maps:get({supervisor, Id}, State, Parent), State};
handle({last_actor, Id}, State) -> {maps:get({last, Id}, State), State};
handle({find, Id}, #{living := Living} = State) -> {lists:keyfind(Id, 1, Living), State};
handle(living, #{living := Living} = State) -> {Living, State};
handle({started, Id, Pid}, #{living := Living} = State) ->
    Watched = State#{{monitor, Pid} => monitor(process, Pid), {last, Id} => Pid,
                      {id, Pid} => Id, living := [{Id, Pid} | Living]},
    {ok, note(["start ", Id], Watched)};
handle({ended, Id, Pid, Reason}, #{living := Living} = State) ->
    demonitor(maps:get({monitor, Pid}, State), [flush]),
    {ok, note(["end ", Id, " ", reason(Reason)], State#{living := lists:delete({Id, Pid}, Living)})};
handle({asked_meanwhile, Answers}, State) ->
    {ok, lists:foldl(fun note/2, State, Answers)};
handle(take_meanwhile, State) ->
    {maps:get(asking, State, none), maps:remove(asking, State)};
handle({starting, Id, Supervisor}, Before) ->
    State = Before#{{supervisor, Id} => Supervisor, {supervises, Supervisor} => true},
    case {maps:get({fail, Id}, State, 0), maps:get({ignore, Id}, State, 0),
          maps:get({take, Id}, State, none)} of
        {0, 0, none} -> {{go, maps:get({info, Id}, State, none)}, State};
        {0, 0, Pid} -> {{taken, Pid}, note(["taken ", Id], State)};
        {0, N, _} -> {ignore, note(["ignore ", Id], State#{{ignore, Id} => N - 1})};
        {N, _, _} ->
            Failed = note(["fail ", Id], State#{{fail, Id} => N - 1}),
            {fail, ask_meanwhile(Id, Failed)}
    end.

%% Sends what `during Id` lists before the start has failed, so that it comes before the retry.
ask_meanwhile(Id, State) ->
    case maps:take({during, Id}, State) of
        {Lines, Others} ->
            Collector = self(),
            Pid = spawn_link(fun() ->
                                     Sent = [{Line, send(Line, State, Collector)}
                                             || Line <- Lines],
                                     Collector ! {sent, self()},
                                     Answers = [["* ", lists:join(" ", Line), ": ",
                                                 response(Line, Request)]
                                                || {Line, Request} <- Sent],
                                     receive {From, Ref, answers} -> From ! {Ref, Answers} end
                             end),
            receive {sent, Pid} -> ok end,
            Others#{asking => Pid};
        error -> State
    end.

send(["stop"], #{living := Living, parent := Parent}, _) ->
    {_, Top} = lists:last(lists:sort(fun({_, A}, {_, B}) -> A >= B end, Living)),
    Top ! {'EXIT', Parent, shutdown},
    none;
send([Word, Supervisor | Arguments], #{living := Living} = State, Collector) ->
    Last = fun(Id) -> maps:get({last, Id}, State) end,
    {_, Pid} = lists:keyfind(Supervisor, 1, Living),
    gen_server:send_request(Pid, request([Word | Arguments], Collector, Last)).

response(_, none) -> "sent";
response(Line, Request) ->
    case gen_server:receive_response(Request, infinity) of
        {reply, Answer} -> answer(Line, Answer);
        {error, _} -> "gone"
    end.

ask(Collector, Request) ->
    Ref = make_ref(),
    Collector ! {self(), Ref, Request},
    receive {Ref, Answer} -> Answer end.

%% -- the script ----------------------------------------------------------------------------------

run([["during", Id] | Lines], Collector, Top) ->
    {Meanwhile, [["end"] | Others]} = lists:splitwith(fun(Line) -> Line =/= ["end"] end, Lines),
    ask(Collector, {set, {during, Id}, Meanwhile}),
    run(Others, Collector, Top);
run([Line | Lines], Collector, Top) ->
    Answer = command(Line, Collector, Top),
    settle(Collector, Top),
    case ask(Collector, take_meanwhile) of
        none -> ok;
        Pid ->
            Answers = ask(Pid, answers),
            settle(Collector, Top),
            ask(Collector, {asked_meanwhile, Answers})
    end,
    case Answer of
        silent -> ok;
        _ -> ask(Collector, {note, ["> ", lists:join(" ", Line), ": ", Answer]})
    end,
    run(Lines, Collector, Top);
run([], _, _) ->
    ok.

command(["begin"], Collector, {_, Id, _, _} = Top) ->
    case supervisor:start_link(?MODULE, {Collector, Top}) of
        {ok, Pid} ->
            ask(Collector, {started, Id, Pid}),
            "ok";
        {error, {shutdown, {failed_to_start_child, _, _} = Why}} -> ["failed ", failed(Why)];
        {error, {_, Fault}} -> ["refused ", fault(Fault)]
    end;
command(["fail", Id, Number], Collector, _) ->
    ask(Collector, {set, {fail, Id}, list_to_integer(Number)}),
    silent;
command(["ignore", Id, Number], Collector, _) ->
    ask(Collector, {set, {ignore, Id}, list_to_integer(Number)}),
    silent;
command(["info", Id, Text], Collector, _) ->
    ask(Collector, {set, {info, Id}, Text}),
    silent;
command(["take", Id, Owner], Collector, _) ->
    {_, Pid} = ask(Collector, {find, Owner}),
    ask(Collector, {set, {take, Id}, Pid}),
    silent;
command(["wait", _], _, _) -> silent; % a clock of one's own has to be moved; here it runs
command(["stop"], Collector, {_, Id, _, _}) ->
    case ask(Collector, {find, Id}) of
        {_, Pid} ->
            Monitor = monitor(process, Pid),
            Pid ! {'EXIT', self(), shutdown},
            receive {'DOWN', Monitor, process, Pid, _} -> ok end;
        false -> ok
    end,
    silent;
command(["exit", Id, Reason], Collector, _) ->
    case ask(Collector, {find, Id}) of
        {_, Pid} ->
            Supervisor = ask(Collector, {supervisor_of, Id}),
            Monitor = monitor(process, Pid),
            tell_to_end(Pid, string:split(Reason, ":")),
            receive {'DOWN', Monitor, process, Pid, _} -> ok end,
            wait_for_exit(Supervisor, Pid),
            silent;
        false -> "not running"
    end;
command([Word, Supervisor | Arguments] = Line, Collector, _) ->
    case ask(Collector, {find, Supervisor}) of
        false -> "gone";
        {_, Pid} ->
            Last = fun(Id) -> ask(Collector, {last_actor, Id}) end,
            answer(Line, gen_server:call(Pid, request([Word | Arguments], Collector, Last), infinity))
    end.

tell_to_end(Pid, ["kill"]) -> exit(Pid, kill);
tell_to_end(Pid, ["shutdown", Why]) -> Pid ! {leave, {shutdown, list_to_atom(Why)}};
tell_to_end(Pid, [Reason]) -> Pid ! {leave, list_to_atom(Reason)}.

request(["start_child", Id | Options], Collector, _) ->
    {start_child, spec(Collector, {worker, Id, options(Options)})};
request(["start", Id], _, _) -> {start_child, [Id]}; % of a dynamic one
request(["end_actor", Id], _, Last) -> {terminate_child, Last(Id)};
request(["terminate", Id], _, _) -> {terminate_child, Id};
request(["restart", Id], _, _) -> {restart_child, Id};
request(["delete", Id], _, _) -> {delete_child, Id};
request(["spec", Id], _, _) -> {get_childspec, Id};
request(["which"], _, _) -> which_children;
request(["count"], _, _) -> count_children.

answer(["which" | _], Children) ->
    case [Pid || {undefined, Pid, _, _} <- Children] of
        [] -> lists:join(" ", [[Id, "=", status(Pid)] || {Id, Pid, _, _} <- Children]);
        All -> ["running=", integer_to_list(length([P || P <- All, is_pid(P)])),
                " restarting=", integer_to_list(length([P || P <- All, P =:= restarting]))]
    end;
answer(["count" | _], Counts) ->
    lists:join(" ", [[atom_to_list(Key), "=", integer_to_list(N)] || {Key, N} <- Counts]);
answer(["spec" | _], {ok, #{restart := Restart, significant := Significant, shutdown := Shutdown,
                            type := Type}}) ->
    io_lib:format("~w significant=~w shutdown=~w ~w", [Restart, Significant, Shutdown, Type]);
answer(_, ok) -> "ok";
answer(_, {ok, undefined}) -> "ok undefined";
answer(_, {ok, Pid}) when is_pid(Pid) -> "ok";
answer(_, {ok, _, Info}) -> ["ok ", Info];
answer(_, {error, broken}) -> "error start_failed";
answer(_, {error, {broken, _}}) -> "error start_failed";
answer(_, {error, {{already_started, _}, _}}) -> "error already_started"; % with its spec, until 27
answer(_, {error, {already_started, _}}) -> "error already_started";
answer(_, {error, Fault}) -> ["error ", fault(Fault)].

status(Pid) when is_pid(Pid) -> "running";
status(Word) -> atom_to_list(Word).

fault({bad_combination, [{Key, _} | _]}) -> ["bad_combination ", atom_to_list(Key)];
fault({Fault, _}) -> atom_to_list(Fault);
fault(Fault) -> atom_to_list(Fault).

failed({failed_to_start_child, Id, {shutdown, Below}}) -> [Id, "/", failed(Below)];
failed({failed_to_start_child, Id, _}) -> Id.

%% -- when a command is over ----------------------------------------------------------------------

%% Every supervisor that lives has handled what it was sent, from the lowest up.
settle(Collector, Top) ->
    Supervisors = [One || {Id, _} = One <- ask(Collector, living), is_supervisor(Id, Top)],
    case [Id || {Id, Pid} <- Supervisors, not settled(Id, Pid, Collector)] of
        [] -> ask(Collector, living); % buries who has died
        _ -> settle(Collector, Top)
    end.

settled(Id, Pid, Collector) ->
    try supervisor:which_children(Pid) of
        Children -> not lists:any(fun({_, Child, _, _}) -> Child =:= restarting end, Children)
    catch
        exit:_ ->
            wait_for_exit(ask(Collector, {supervisor_of, Id}), Pid),
            false
    end.

%% The supervisor has got the exit signal: a call comes behind it.
wait_for_exit(Supervisor, Pid) ->
    case process_info(Supervisor, links) of
        {links, Links} ->
            case lists:member(Pid, Links) of
                true -> erlang:yield(), wait_for_exit(Supervisor, Pid);
                false -> ok
            end;
        undefined -> ok
    end.

is_supervisor(Id, {supervisor, Id, _, _}) -> true;
is_supervisor(Id, {dynamic, Id, _}) -> true;
is_supervisor(Id, {supervisor, _, _, Children}) ->
    lists:any(fun(Child) -> is_supervisor(Id, Child) end, Children);
is_supervisor(_, _) -> false.

%% -- the order of ends in a crowd is nobody's ----------------------------------------------------

crowds(Top) ->
    case Top of
        {supervisor, _, _, Children} -> lists:append([crowds(Child) || Child <- Children]);
        {dynamic, Id, _} -> [Id];
        _ -> []
    end.

%% Children of dynamic supervisors have ids that begin with their supervisor's and a dot.
sort_crowds([], _, Sorted) ->
    lists:reverse(Sorted);
sort_crowds([Line | _] = Lines, Crowds, Sorted) ->
    case lists:splitwith(fun(One) -> ends_in_crowd(One, Crowds) end, Lines) of
        {[], _} -> sort_crowds(tl(Lines), Crowds, [Line | Sorted]);
        {Ends, Others} -> sort_crowds(Others, Crowds, lists:reverse(lists:sort(Ends)) ++ Sorted)
    end.

ends_in_crowd("end " ++ Rest, Crowds) ->
    lists:any(fun(Crowd) -> lists:prefix(Crowd ++ ".", Rest) end, Crowds);
ends_in_crowd(_, _) -> false.
