"""The look: template tags, what every page is told, the style guide. It knows no rule of the programme."""
