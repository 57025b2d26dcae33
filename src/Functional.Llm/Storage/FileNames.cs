namespace Functional.Llm;

/// <summary>Names that a file which is not trusted gives to other files.</summary>
static class FileNames
{
    static readonly ImmutableArray<string> Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    static readonly ImmutableArray<string> Ports = ["COM", "LPT"];

    /// <summary>Whether the name is one of a file in the same folder, on any system: Windows has devices in every folder, and drops dots and spaces at the end.</summary>
    public static bool IsPlain(string name) => name is not "" && name[^1] is not ('.' or ' ') && !name.AsSpan().ContainsAny("/\\:\0") && !IsDevice(name.Split('.')[0].Trim());

    /// <summary>Whether a name up to its first dot is a device's, such as <c>NUL</c> or <c>com1</c>.</summary>
    static bool IsDevice(string name) => Devices.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name is [.. var kind, (>= '0' and <= '9') or '¹' or '²' or '³'] && Ports.Contains(kind, StringComparer.OrdinalIgnoreCase);
}
