"""What several commands ask and show: options, menus, pages."""
