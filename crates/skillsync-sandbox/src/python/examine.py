"""Prints as JSON what this interpreter is made of: its program file, its library, and every shared library it loads."""
import importlib, json, os, sys, sysconfig

executable = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
folders = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
for folder in sys.path:
    if folder.endswith("lib-dynload"):
        folders.add(os.path.realpath(folder))

# Loading each extension once tells which libraries of the system it needs, whatever the system is.
for folder in [folder for folder in sys.path if folder.endswith("lib-dynload")]:
    for file in sorted(os.listdir(folder)):
        module = file.split(".")[0]
        if not module.startswith(("_test", "_tkinter", "_xx", "xx", "_ctypes_test")):
            try:
                importlib.import_module(module)
            except Exception:
                pass

files = set()
with open("/proc/self/maps") as maps:
    for line in maps:
        parts = line.split(None, 5)
        if len(parts) == 6 and parts[5].startswith("/"):
            files.add(parts[5].rstrip("\n"))
files = {file for file in files if not any(file.startswith(folder + "/") for folder in folders)}
files.discard(executable)
files.add("/etc/ld.so.cache")

# Time zones are public and part of what lessons on dates are about.
folders.update(folder for folder in ("/usr/share/zoneinfo",) if os.path.isdir(folder))

print(json.dumps({"executable": executable, "folders": sorted(folders), "files": sorted(files)}))
