// Windows alone. Node-API's functions are imported from "node.exe", but in the desktop app another program has
// them: whoever asks for node.exe gets the program that runs.
#ifdef _WIN32
#include <windows.h>

#include <delayimp.h>
#include <string.h>

static FARPROC WINAPI find_host(unsigned notification, PDelayLoadInfo info) {
  if (notification != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandle(nullptr));
}

ExternC const PfnDliHook __pfnDliNotifyHook2 = find_host;
#endif
