def start():
    import builtins, posix, sys
    import _sitebuiltins

    size, task = int(sys.argv[1]), sys.argv[2]
    sys.argv[:] = ["program.py"]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = ["python3", "program.py"]
    if sys.path[:1] == [""]:
        del sys.path[0]
    posix.environ.clear()
    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")

    # The program is the first part of standard input; the rest is the program's own.
    parts = []
    while size > 0:
        part = posix.read(0, size)
        if not part:
            posix._exit(119)
        parts.append(part)
        size -= len(part)
    source = b"".join(parts).decode()

    class Loader:
        """Lets traces show the lines of the program, which is in no file."""
        def get_source(self, name):
            return source

    # The program gets this module as its own, without what was needed to start it.
    program = sys.modules["__main__"].__dict__
    del program["start"]
    program["__file__"] = "program.py"
    program["__loader__"] = Loader()

    def report(error):
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == "<string>":
            trace = trace.tb_next
        if isinstance(error, MemoryError):
            line = None
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == "program.py":
                    line = trace.tb_lineno
                trace = trace.tb_next
            # Printing needs memory as well: what the program held is given back first.
            error.__traceback__ = error.__context__ = error.__cause__ = None
            program.clear()
            where = "" if line is None else '  File "program.py", line %d\n' % line
            posix.write(2, (where + "MemoryError\n").encode())
            posix._exit(117)
        import linecache, traceback
        linecache.cache["program.py"] = (len(source), None, source.splitlines(True), "program.py")
        traceback.print_exception(type(error), error, trace)
        return 118 if isinstance(error, RecursionError) else 1

    posix.write(1, b"\x01")
    try:
        code = compile(source, "program.py", "exec", dont_inherit=True)
        if task == "run":
            exec(code, program)
        return
    except SystemExit:
        raise
    except BaseException as error:
        status = report(error)
    sys.exit(status)

start()
