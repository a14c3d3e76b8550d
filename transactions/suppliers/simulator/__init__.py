"""A real HTTP server that plays a supplier: it speaks the Digiflazz protocol and keeps its own log of deliveries.

The last three digits of the destination decide what happens; tests may ask for worse. No Django here.
"""

from transactions.suppliers.simulator.running import Simulator

__all__ = ["Simulator"]
