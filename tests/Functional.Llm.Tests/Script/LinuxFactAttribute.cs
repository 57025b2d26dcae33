using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A test of signals and process groups.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "It sends a signal by Linux's own tools.";
}
