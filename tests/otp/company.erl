%% Plays scenarios of processes that call, monitor, link, have names and are in groups, with
%% Erlang's own gen_server, global and pg; README.md says in which words. otp_company_test.cpp plays
%% them with ours.
%%
%%   company:main([Scenario, Trace, Scenario, Trace, ...])    paths, as strings
%%
%% What one process hears is written down in order; between two processes there is none, so what
%% came of a command is sorted by process. A command is over when nothing more is heard, several
%% times in a row, after every process has been asked and has answered.
-module(company).
-behaviour(gen_server).
-export([main/1, start_child/3, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(QUIET_ROUNDS, 4).
-define(ROUND_MS, 2).

%% All at once: most of the time one waits for others to be quiet.
main(Paths) ->
    logger:set_primary_config(level, none),
    %% What is read from disk when it is first called would be taken for quiet.
    [{module, _} = code:ensure_loaded(Each)
     || Each <- [gen, gen_server, global, pg, proc_lib, supervisor, sys]],
    Players = [spawn_monitor(fun() -> play_file(Scenario, Trace) end)
               || {Scenario, Trace} <- pairs(Paths)],
    [receive
         {'DOWN', Monitor, process, Pid, normal} -> ok;
         {'DOWN', Monitor, process, Pid, Why} ->
             io:format(standard_error, "~p~n", [Why]),
             halt(1)
     end || {Pid, Monitor} <- Players],
    halt(0).

pairs([Scenario, Trace | Others]) -> [{Scenario, Trace} | pairs(Others)];
pairs([]) -> [].

play_file(Scenario, Trace) ->
    process_flag(trap_exit, true),
    put(scenario, filename:basename(Scenario, ".txt")),
    {ok, Text} = file:read_file(Scenario),
    Lines = [Words || Line <- string:split(binary_to_list(Text), "\n", all),
                      Words <- [string:lexemes(hd(string:split(Line, "#")), " \r\t")],
                      Words =/= []],
    ok = file:write_file(Trace, [[Line, "\n"] || Line <- play(Lines)]).

%% The state: what was noted in this command (the newest first), the last process of each name, the
%% monitors of processes, scopes of groups.
play(Lines) ->
    put(notes, []),
    put(names, []),
    Trace = lists:append([play_line(Line) || Line <- Lines]),
    [exit(Top, kill) || {top, Top} <- get()],
    [exit(Pid, kill) || {_, Pid} <- get(names)],
    [gen_server:stop(Scope) || {{scope, _}, Scope} <- get(), is_process_alive(Scope)],
    settle(0),
    Trace.

play_line(Line) ->
    put(notes, []),
    Answer = command(Line),
    settle(0),
    Notes = lists:sort(fun(A, B) -> of_whom(A) =< of_whom(B) end, lists:reverse(get(notes))),
    [">" ++ lists:append([" " ++ Word || Word <- Line]) ++
         case Answer of silent -> ""; _ -> ": " ++ lists:flatten(Answer) end
     | Notes].

of_whom(Note) -> hd(string:split(Note, ":")).

%% Until so many rounds have brought nothing.
settle(?QUIET_ROUNDS) -> ok;
settle(Quiet) ->
    Before = length(get(notes)),
    [ask_for_peace(Pid) || {_, Pid} <- get(names)],
    receive after ?ROUND_MS -> ok end,
    hear(),
    case length(get(notes)) of
        Before -> settle(Quiet + 1);
        _ -> settle(0)
    end.

ask_for_peace(Pid) ->
    Ref = monitor(process, Pid),
    Pid ! {peace, self(), Ref},
    receive
        {Ref, at_peace} -> demonitor(Ref, [flush]);
        {'DOWN', Ref, process, _, _} -> ok
    end.

hear() ->
    receive
        {note, Note} -> note(Note), hear();
        {{end_of, Name}, _, process, _, Reason} -> note([Name, ": ends ", word(Reason)]), hear();
        {'EXIT', _, _} -> hear()
    after 0 -> ok
    end.

note(Note) -> put(notes, [lists:flatten(Note) | get(notes)]).

word({shutdown, Why}) -> ["shutdown:", atom_to_list(Why)];
word(Reason) -> atom_to_list(Reason).

pid(Name) ->
    {Name, Pid} = lists:keyfind(Name, 1, get(names)),
    Pid.

name(Pid) ->
    case lists:keyfind(Pid, 2, get(names)) of
        {Name, _} -> Name;
        false -> "nobody"
    end.

appears(Name, Pid) ->
    put({name_of, Pid}, Name),
    [gen_server:cast(Other, {knows, Pid, Name}) || {_, Other} <- get(names)],
    put(names, lists:keystore(Name, 1, get(names), {Name, Pid})),
    [gen_server:cast(Pid, {knows, Each, Its}) || {{name_of, Each}, Its} <- get()],
    monitor(process, Pid, [{tag, {end_of, Name}}]).

%% -- commands ------------------------------------------------------------------------------------

command(["proc" | Names]) ->
    [begin
         {ok, Pid} = gen_server:start(?MODULE, {Name, self()}, []),
         appears(Name, Pid)
     end || Name <- Names],
    silent;
command(["wait", Ms]) -> receive after list_to_integer(Ms) -> silent end;
command(["kill", Name]) -> exit(pid(Name), kill), silent;
command(["exit", Name, Reason]) -> gen_server:cast(pid(Name), {leave, reason(Reason)}), silent;
command(["answer", Name]) -> gen_server:cast(pid(Name), answer), silent;
command(["say", Name, To | Texts]) -> tell(Name, {say, pid(To), Texts});
command(["say_and_exit", Name, To, Text, Reason]) ->
    tell(Name, {say_and_exit, pid(To), Text, reason(Reason)});
command(["stuck", Name]) -> pid(Name) ! stuck, silent;
command(["trap", Name]) -> tell(Name, trap);
command(["link", Name, To]) -> tell(Name, {link, pid(To)});
command(["unlink", Name, To]) -> tell(Name, {unlink, pid(To)});
command(["signal", Name, To, Reason]) -> tell(Name, {signal, pid(To), reason(Reason)});
command(["monitor", Name, To | Refs]) -> tell(Name, {monitor, pid(To), Refs});
command(["demonitor", Name, Ref]) -> tell(Name, {demonitor, Ref});
command(["kill_and_demonitor", Name, To, Ref]) -> tell(Name, {kill_and_demonitor, pid(To), Ref});
command(["kill_and_unlink", Name, To]) -> tell(Name, {kill_and_unlink, pid(To)});
command(["call", Name, To, Number, Ms]) ->
    tell(Name, {call, pid(To), list_to_integer(Number), list_to_integer(Ms)});
command(["call_name", Name, To, Number, Ms]) ->
    tell(Name, {call, {global, its(To)}, list_to_integer(Number), list_to_integer(Ms)});
command(["multi_call", Name, Number, Ms | Names]) ->
    Whom = [{Each, its(Each)} || Each <- Names],
    tell(Name, {multi_call, Whom, list_to_integer(Number), list_to_integer(Ms)});
command(["tell_to_stop", Name, To, Reason, Ms]) ->
    tell(Name, {stop, pid(To), reason(Reason), list_to_integer(Ms)});
command(["register", Name, As]) -> atom_to_list(global:register_name(its(As), pid(Name)));
command(["unregister", As]) -> global:unregister_name(its(As)), silent;
command(["whereis", As]) ->
    case global:whereis_name(its(As)) of
        undefined -> "nobody";
        Pid -> name(Pid)
    end;
command(["send", As, Text]) ->
    try global:send(its(As), {text, Text}) of _ -> "sent" catch exit:_ -> "nobody" end;
command(["supervised", Name, As]) ->
    case get(top) of
        undefined ->
            {ok, Top} = supervisor:start_link(?MODULE, supervisor),
            put(top, Top);
        _ -> ok
    end,
    case supervisor:start_child(get(top), #{id => Name, start =>
                                   {?MODULE, start_child, [Name, its(As), self()]}}) of
        {ok, _} -> take_started(), "ok";
        {error, {already_started, _}} -> "error already_started";
        {error, {{already_started, _}, _}} -> "error already_started"
    end;
command(["started"]) -> take_started(), silent;
command(["scope", Scope]) ->
    {ok, Pid} = pg:start_link(scope(Scope)),
    put({scope, Scope}, Pid),
    silent;
command(["restart_scope", Scope]) ->
    Pid = get({scope, Scope}),
    gen_server:stop(Pid),
    command(["scope", Scope]);
command(["join", Scope, Group | Names]) ->
    atom_to_list(pg:join(scope(Scope), Group, [pid(Name) || Name <- Names]));
command(["leave", Scope, Group | Names]) ->
    atom_to_list(pg:leave(scope(Scope), Group, [pid(Name) || Name <- Names]));
command(["members", Scope, Group]) -> names(pg:get_members(scope(Scope), Group));
command(["local_members", Scope, Group]) ->
    names(pg:get_local_members(scope(Scope), Group));
command(["groups", Scope]) -> words(lists:sort(pg:which_groups(scope(Scope))));
command(["watch_group", Name, Scope, Group, Ref]) ->
    tell(Name, {watch_group, scope(Scope), Group, Ref});
command(["watch_scope", Name, Scope, Ref]) -> tell(Name, {watch_scope, scope(Scope), Ref});
command(["unwatch", Name, Scope, Ref]) -> tell(Name, {unwatch, scope(Scope), Ref}).

%% Names and scopes are of this scenario: others are played beside it.
its(Name) -> {get(scenario), Name}.
scope(Name) -> list_to_atom(get(scenario) ++ "/" ++ Name).

tell(Name, What) -> gen_server:cast(pid(Name), What), silent.

names(Pids) -> words([name(Pid) || Pid <- Pids]).
words(Words) -> lists:join(" ", Words).

reason("shutdown:" ++ Why) -> {shutdown, list_to_atom(Why)};
reason(Word) -> list_to_atom(Word).

%% Those that a supervisor has started.
take_started() ->
    receive {started, Name, Pid} -> appears(Name, Pid), take_started() after 0 -> ok end.

start_child(Name, As, Runner) ->
    case gen_server:start_link({global, As}, ?MODULE, {Name, Runner}, []) of
        {ok, Pid} -> Runner ! {started, Name, Pid}, {ok, Pid};
        Error -> Error
    end.

%% -- a process -----------------------------------------------------------------------------------

init(supervisor) -> {ok, {#{intensity => 100, period => 3600}, []}};
init({Name, Runner}) ->
    {ok, #{name => Name, runner => Runner, asked => [], refs => #{}, names => #{}}}.

hears(What, #{name := Name, runner := Runner} = State) ->
    Runner ! {note, [Name, ": " | What]},
    State.

who(Pid, #{names := Names}) -> maps:get(Pid, Names, "nobody").

handle_call({ask, Number}, From, #{asked := Asked} = State) ->
    {noreply, State#{asked := Asked ++ [{From, Number}]}}.

handle_cast({knows, Pid, Name}, #{names := Names} = State) ->
    {noreply, State#{names := Names#{Pid => Name}}};
handle_cast({leave, Reason}, State) -> {stop, Reason, State};
handle_cast(answer, #{asked := [{From, Number} | Others]} = State) ->
    gen_server:reply(From, 2 * Number),
    {noreply, State#{asked := Others}};
handle_cast({say, To, Texts}, State) ->
    [To ! {text, Text} || Text <- Texts],
    {noreply, State};
handle_cast({say_and_exit, To, Text, Reason}, State) ->
    To ! {text, Text},
    {stop, Reason, State};
handle_cast(trap, State) -> process_flag(trap_exit, true), {noreply, State};
handle_cast({link, To}, State) ->
    try link(To) catch error:noproc -> exit(noproc) end, % as the signal of a remote one would be
    {noreply, State};
handle_cast({unlink, To}, State) -> unlink_flush(To), {noreply, State};
handle_cast({signal, To, Reason}, State) -> exit(To, Reason), {noreply, State};
handle_cast({monitor, To, Refs}, State) ->
    {noreply, lists:foldl(fun(Ref, #{refs := Known} = Now) ->
                                  Now#{refs := Known#{monitor(process, To) => Ref}}
                          end, State, Refs)};
handle_cast({demonitor, Ref}, State) -> {noreply, forget(Ref, State)};
handle_cast({kill_and_demonitor, To, Ref}, State) ->
    die_first(To),
    {noreply, forget(Ref, State)};
handle_cast({kill_and_unlink, To}, State) ->
    die_first(To),
    unlink_flush(To),
    {noreply, State};
%% A call waits, and its process is to hear other things meanwhile: others wait for it. What comes
%% behind the answer would be heard, too.
handle_cast({call, To, Number, Ms}, State) when To =:= self() ->
    {noreply, hears(["call ", integer_to_list(Number), ": ", outcome(To, Number, Ms)], State)};
handle_cast({call, To, Number, Ms}, #{name := Name, runner := Runner} = State) ->
    spawn_link(fun() ->
                       Runner ! {note, [Name, ": call ", integer_to_list(Number), ": ",
                                        outcome(To, Number, Ms)]},
                       receive Late -> Runner ! {note, io_lib:format("~s: late ~p", [Name, Late])}
                       end
               end),
    {noreply, State};
handle_cast({multi_call, Names, Number, Ms}, #{name := Name, runner := Runner} = State) ->
    spawn_link(fun() ->
                       Self = self(),
                       [spawn_link(fun() ->
                                           Self ! {Each, outcome({global, It}, Number, Ms)}
                                   end) || {Each, It} <- Names],
                       All = [receive {Each, Said} -> [" ", Each, "=", Said] end
                              || {Each, _} <- Names],
                       Runner ! {note, [Name, ": multi_call ", integer_to_list(Number), ":" | All]}
               end),
    {noreply, State};
handle_cast({stop, To, Reason, Ms}, #{name := Name, runner := Runner} = State) ->
    spawn_link(fun() ->
                       Said = try gen_server:stop(To, Reason, Ms) of ok -> "stopped"
                              catch exit:Why -> failure(Why)
                              end,
                       Runner ! {note, [Name, ": stop: ", Said]}
               end),
    {noreply, State};
handle_cast({watch_group, Scope, Group, Label}, #{refs := Refs} = State) ->
    {Ref, Pids} = pg:monitor(Scope, Group),
    hears([Label, " begins", [[" ", who(Pid, State)] || Pid <- Pids]], State),
    {noreply, State#{refs := Refs#{Ref => Label}}};
handle_cast({watch_scope, Scope, Label}, #{refs := Refs} = State) ->
    {Ref, Groups} = pg:monitor_scope(Scope),
    hears([Label, " begins", [[" ", Group, "=", lists:join(",", [who(Pid, State) || Pid <- Pids])]
                              || {Group, Pids} <- lists:sort(maps:to_list(Groups))]], State),
    {noreply, State#{refs := Refs#{Ref => Label}}};
handle_cast({unwatch, Scope, Label}, #{refs := Refs} = State) ->
    [Ref] = [Ref || {Ref, L} <- maps:to_list(Refs), L =:= Label],
    Said = atom_to_list(pg:demonitor(Scope, Ref) =:= ok),
    {noreply, hears([Label, " ends ", Said], State)}.

handle_info({peace, From, Ref}, State) -> From ! {Ref, at_peace}, {noreply, State};
handle_info({text, Text}, State) -> {noreply, hears(["hears ", Text], State)};
handle_info(stuck, State) ->
    #{runner := Runner} = State,
    Answers = fun Loop() ->
                      receive {peace, Runner, Ref} -> Runner ! {Ref, at_peace}, Loop() end
              end,
    Answers();
handle_info({'DOWN', Ref, process, Pid, Reason}, #{refs := Refs} = State) ->
    Label = maps:get(Ref, Refs),
    {noreply, hears(["down ", Label, " ", who(Pid, State), " ", word(Reason)], State)};
handle_info({'EXIT', Pid, Reason}, State) ->
    {noreply, hears(["exit ", who(Pid, State), " ", word(Reason)], State)};
handle_info({Ref, What, Group, Pids}, #{refs := Refs} = State) ->
    {noreply, hears([maps:get(Ref, Refs), " ", atom_to_list(What), " ", Group,
                     [[" ", who(Pid, State)] || Pid <- Pids]], State)}.

forget(Label, #{refs := Refs} = State) ->
    [Ref] = [Ref || {Ref, L} <- maps:to_list(Refs), L =:= Label],
    demonitor(Ref, [flush]),
    State.

unlink_flush(To) ->
    unlink(To),
    receive {'EXIT', To, _} -> ok after 0 -> ok end.

%% Its signals are here when this returns.
die_first(To) ->
    exit(To, kill),
    Ref = monitor(process, To),
    receive {'DOWN', Ref, process, To, _} -> ok end,
    receive after ?ROUND_MS -> ok end.

outcome(To, Number, Ms) ->
    try integer_to_list(gen_server:call(To, {ask, Number}, Ms))
    catch exit:{Why, {gen_server, call, _}} -> failure(Why)
    end.

failure(timeout) -> "time_out";
failure({timeout, _}) -> "time_out";
failure(noproc) -> "no_process";
failure({noproc, _}) -> "no_process";
failure(calling_self) -> "calling_self";
failure({Reason, {sys, terminate, _}}) -> ["ended ", word(Reason)];
failure(Reason) -> ["ended ", word(Reason)].
