using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>Ctrl-C, and a request to end from outside, as a question that long work asks between its steps. A second one ends the process at once.</summary>
public sealed class Interruption : IDisposable
{
    readonly PosixSignalRegistration[] registrations;
    volatile bool requested;

    /// <summary>Listens until it is disposed of.</summary>
    public Interruption()
    {
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !requested;
            requested = true;
        }))];
    }

    /// <summary>Whether the work is to end.</summary>
    public bool Requested => requested;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }
}
