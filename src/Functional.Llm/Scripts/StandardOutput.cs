using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Whether somebody reads what the process writes: the console takes all that is written to a closed pipe, and says nothing.</summary>
static partial class StandardOutput
{
    const int Descriptor = 1;

    const short ErrorOrEnd = 0x8 | 0x10;

    /// <summary>Whether the reading end of the pipe is closed, as by <c>| head -1</c>; false where the system does not tell.</summary>
    public static bool IsClosed()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return false;
        var asked = new Asked { Descriptor = Descriptor };
        return Poll(ref asked, 1, 0) == 1 && (asked.Found & ErrorOrEnd) != 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Asked
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "poll"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref Asked asked, nuint count, int milliseconds);
}
